"""Which states of an application count for what: quotas, the city's intake, the funnel. Pure."""

RECOMMENDED = frozenset({"recommended", "forwarded"})
REVIEWED_BY_CITY = frozenset({"in_cast_review", "returned_by_cast", "eligible", "rejected"})
IN_NETWORK = frozenset({"in_network_review", "network_failed"})
IN_PANEL = frozenset({"panel_candidate", "in_panel_review", "panel_failed"})
IN_PUBLICITY = frozenset({"proposed", "in_publicity", "objection_hold", "cancelled"})
SELECTED = frozenset({"selected"})

# From the city's intake on, whatever became of it.
RECEIVED = REVIEWED_BY_CITY | IN_NETWORK | IN_PANEL | IN_PUBLICITY | SELECTED
# What uses up a recommending unit's quota (Art. 11).
TAKES_A_PLACE = RECOMMENDED | RECEIVED

# (label, states that have come this far), each a part of the one before. 建档 and 提交 are counted by dates.
FUNNEL: tuple[tuple[str, frozenset[str]], ...] = (
    ("推荐", TAKES_A_PLACE),
    ("受理", RECEIVED),
    ("网络评审", IN_NETWORK | IN_PANEL | IN_PUBLICITY | SELECTED),
    ("会议评审", IN_PANEL | IN_PUBLICITY | SELECTED),
    ("公示", IN_PUBLICITY | SELECTED),
    ("正式入选", SELECTED),
)
