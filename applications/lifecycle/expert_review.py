"""What review makes of an application, from the network to the formal list (Art. 17-20).

Declared here, because the state is the application's; taken by the commands of the app that judges (`by_command`).
"""

from portal.regulation.articles import Article
from portal.workflow.step import step


class ExpertReview:
    @step(
        "进入网络评审",
        source=["eligible"],
        target="in_network_review",
        articles=[Article(17)],
        by_command=True,
        confidential=True,
        sentence="{ref}进入网络评审",
    )
    def enter_network_review(self, *, actor, at, **values):
        pass

    @step(
        "退出网络评审",
        source=["in_network_review"],
        target="eligible",
        articles=[Article(17)],
        by_command=True,
        confidential=True,
        sentence="{ref}退出本轮网络评审",
    )
    def leave_network_review(self, *, actor, at, **values):
        pass

    @step(
        "入围会评",
        source=["in_network_review"],
        target="panel_candidate",
        articles=[Article(17), Article(18)],
        by_command=True,
        confidential=True,
        sentence="{ref}入围会议评审",
    )
    def advance_to_panel(self, *, actor, at, **values):
        pass

    @step(
        "网评未入围",
        source=["in_network_review"],
        target="network_failed",
        articles=[Article(17), Article(18)],
        by_command=True,
        confidential=True,
        sentence="{ref}网络评审未入围",
    )
    def fail_network(self, *, actor, at, **values):
        pass

    @step(
        "进入会评",
        source=["panel_candidate"],
        target="in_panel_review",
        articles=[Article(17)],
        by_command=True,
        confidential=True,
        sentence="{ref}进入会议评审",
    )
    def enter_panel(self, *, actor, at, **values):
        pass

    @step(
        "拟入选",
        source=["in_panel_review"],
        target="proposed",
        articles=[Article(19)],
        by_command=True,
        confidential=True,
        sentence="{ref}经综合论证拟入选",
    )
    def propose(self, *, actor, at, **values):
        pass

    @step(
        "会评未通过",
        source=["in_panel_review"],
        target="panel_failed",
        articles=[Article(18), Article(19)],
        by_command=True,
        confidential=True,
        sentence="{ref}会议评审和综合论证未通过",
    )
    def fail_panel(self, *, actor, at, **values):
        pass

    @step(
        "进入公示",
        source=["proposed"],
        target="in_publicity",
        articles=[Article(19)],
        by_command=True,
        sentence="{ref}进入拟入选公示",
    )
    def publicise(self, *, actor, at, **values):
        pass

    @step(
        "正式入选",
        source=["in_publicity"],
        target="selected",
        articles=[Article(19), Article(20)],
        by_command=True,
        sentence="{ref}正式入选",
    )
    def select(self, *, actor, at, **values):
        self.selected_at = at

    @step(
        "异议核查",
        source=["in_publicity"],
        target="objection_hold",
        articles=[Article(19)],
        by_command=True,
        sentence="{ref}进入异议核查",
    )
    def hold(self, *, actor, at, **values):
        pass

    @step(
        "异议不成立",
        source=["objection_hold"],
        target="in_publicity",
        articles=[Article(19)],
        by_command=True,
        sentence="异议不成立，{ref}恢复公示",
    )
    def clear(self, *, actor, at, **values):
        pass

    @step(
        "异议成立",
        source=["objection_hold"],
        target="cancelled",
        articles=[Article(19)],
        by_command=True,
        sentence="异议成立，取消{ref}入选",
    )
    def uphold(self, *, actor, at, **values):
        pass
