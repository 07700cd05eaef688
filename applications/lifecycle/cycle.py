"""年度批次: from preparation to the end of cultivation (Art. 9, 11, 16, 34)."""

from django.db import models

from applications import hanging, rules
from portal.regulation.articles import Article
from portal.regulation.rules import failed
from portal.web.formats import deadline_text
from portal.workflow.lifecycle import Lifecycle, StateField
from portal.workflow.step import opening, step

YEAR_TAKEN = failed("这个年度已有批次", article=Article(9))


class CycleLifecycle(Lifecycle):
    machine = "cycle"
    label = "年度批次"
    constraint_findings = {"applications_cycle_year_key": YEAR_TAKEN}

    class State(models.TextChoices):
        PREPARING = "preparing", "筹备"
        OPEN = "open", "申报中"
        SCREENING = "screening", "推荐单位初筛"
        CAST_REVIEW = "cast_review", "市科协审查"
        NETWORK_REVIEW = "network_review", "网络评审"
        PANEL_REVIEW = "panel_review", "会议评审"
        PUBLICITY = "publicity", "公示"
        CONTRACTING = "contracting", "签订任务书"
        CULTIVATION = "cultivation", "培养期"
        CLOSED = "closed", "结束"

    state = StateField(State)
    final = frozenset({"closed"})
    colours = {
        "preparing": "grey",
        "open": "blue",
        "screening": "blue",
        "cast_review": "blue",
        "network_review": "purple",
        "panel_review": "purple",
        "publicity": "purple",
        "contracting": "amber",
        "cultivation": "green",
        "closed": "grey",
    }
    now_with = {
        "preparing": "市科协",
        "open": "依托单位",
        "screening": "推荐单位",
        "cast_review": "市科协",
        "network_review": "评审专家",
        "panel_review": "评审专家",
        "publicity": "社会公众",
        "contracting": "依托单位与入选者",
        "cultivation": "入选者与依托单位",
        "closed": "",
    }

    class Meta:
        abstract = True

    create = opening(
        "新建年度批次",
        articles=[Article(9), Article(34), Article(36)],
        guards=["year_is_new", "sound"],
        sentence="{actor}新建了{ref}年度批次",
    )

    @step(
        "修改年度设置",
        source=["preparing"],
        target=None,
        articles=[Article(9), Article(16)],
        guards=["sound"],
        action="cycle.edit",
        by_command=True,
        sentence="{actor}修改了{ref}年度的{what}",
    )
    def edit(self, *, actor, at, what, changes, **values):
        """changes: {field of the cycle: new value}."""
        for name, value in changes.items():
            setattr(self, name, value)
        return {"what": what, "fields": sorted(changes)}

    @step(
        "设置支持领域和名额",
        source=["preparing"],
        target=None,
        articles=[Article(9)],
        guards=["fields_in_use_stay"],
        action="cycle.edit",
        by_command=True,
        sentence="{actor}设置了{ref}年度的支持领域，共 {fields} 个、{places} 名",
    )
    def set_fields(self, *, actor, at, places, **values):
        """places: {code: number of places}; the command writes the rows."""
        return {"fields": len(places), "places": sum(places.values()), "each": places}

    @step(
        "设置推荐名额",
        source=["preparing"],
        target=None,
        articles=[Article(11)],
        guards=["quotas_cover_used"],
        action="cycle.edit_quotas",
        by_command=True,
        sentence="{actor}设置了{ref}年度的推荐名额，共 {total} 名",
    )
    def set_quotas(self, *, actor, at, quotas, **values):
        """quotas: {recommending unit's id: places}; the command writes the rows."""
        return {"total": sum(quotas.values()), "each": self.by_unit(quotas)}

    @step(
        "调整推荐名额",
        source=["open", "screening"],
        target=None,
        articles=[Article(11)],
        guards=["quotas_cover_used"],
        action="cycle.edit_quotas",
        by_command=True,
        reason=True,
        sentence="{actor}调整了{ref}年度的推荐名额，现共 {total} 名",
    )
    def change_quotas(self, *, actor, at, quotas, **values):
        return {"total": sum(quotas.values()), "each": self.by_unit(quotas)}

    @step(
        "调整时间安排",
        source=["open", "screening", "cast_review", "network_review"],
        target=None,
        articles=[Article(16)],
        guards=["windows_only_later"],
        action="cycle.move_windows",
        by_command=True,
        reason=True,
        sentence="{actor}调整了{ref}年度的时间安排",
    )
    def move_windows(self, *, actor, at, windows, **values):
        """windows: {field of the cycle: instant}; a running deadline only moves later."""
        before = {name: getattr(self, name) for name in windows if getattr(self, name) != windows[name]}
        for name in before:
            setattr(self, name, windows[name])
        return {"before": before, "after": {name: windows[name] for name in before}}

    @step(
        "开放申报",
        source=["preparing"],
        target="open",
        articles=[Article(9), Article(11), Article(16)],
        guards=["ready_to_open"],
        irreversible=True,
        consequences=["各依托单位可以开始填报", "本年度的表单、领域、名额和推荐名额随之固定"],
        sentence="{actor}开放了{ref}年度申报",
    )
    def open(self, *, actor, at, **values):
        self.is_public = True

    @step(
        "转入推荐单位初筛",
        source=["open"],
        target="screening",
        articles=[Article(13, 4)],
        guards=["application_window_over", "stage_finished"],
        consequences=["依托单位不能再提交，没有提交的停在“填报中”", "推荐单位在报送截止前完成初筛、排序和报送"],
        sentence="{actor}把{ref}年度转入推荐单位初筛",
    )
    def start_screening(self, *, actor, at, **values):
        pass

    @step(
        "转入市科协审查",
        source=["screening"],
        target="cast_review",
        articles=[Article(15)],
        guards=["stage_finished"],
        consequences=["推荐单位不能再报送", "市科协受理已接收名单中的申报并逐份审查"],
        sentence="{actor}把{ref}年度转入市科协审查",
    )
    def start_cast_review(self, *, actor, at, **values):
        pass

    @step(
        "转入网络评审",
        source=["cast_review"],
        target="network_review",
        articles=[Article(17)],
        guards=["stage_finished"],
        consequences=["审查结束，受理份数在首页公布", "审查通过的申报可以进入网络评审"],
        sentence="{actor}把{ref}年度转入网络评审",
    )
    def start_network_review(self, *, actor, at, **values):
        self.received_count = self.count_received()

    @step(
        "转入会议评审",
        source=["network_review"],
        target="panel_review",
        articles=[Article(17), Article(18)],
        guards=["stage_finished"],
        consequences=["入围会评的申报可以安排会议评审"],
        sentence="{actor}把{ref}年度转入会议评审",
    )
    def start_panel_review(self, *, actor, at, **values):
        pass

    @step(
        "转入公示",
        source=["panel_review"],
        target="publicity",
        articles=[Article(19)],
        guards=["stage_finished"],
        consequences=["拟入选名单可以公示"],
        sentence="{actor}把{ref}年度转入公示",
    )
    def start_publicity(self, *, actor, at, **values):
        pass

    @step(
        "转入签订任务书",
        source=["publicity"],
        target="contracting",
        articles=[Article(26)],
        guards=["stage_finished"],
        consequences=["正式入选者、依托单位与市科协签订任务书"],
        sentence="{actor}把{ref}年度转入签订任务书",
    )
    def start_contracting(self, *, actor, at, **values):
        pass

    @step(
        "转入培养期",
        source=["contracting"],
        target="cultivation",
        articles=[Article(22), Article(26)],
        guards=["stage_finished"],
        consequences=["任务书生效的入选者进入培养期"],
        sentence="{actor}把{ref}年度转入培养期",
    )
    def start_cultivation(self, *, actor, at, **values):
        pass

    @step(
        "结束本年度",
        source=["cultivation"],
        target="closed",
        articles=[Article(32)],
        guards=["stage_finished"],
        irreversible=True,
        consequences=["本年度的记录全部转为只读"],
        sentence="{actor}结束了{ref}年度",
    )
    def close(self, *, actor, at, **values):
        pass

    @step(
        "退回筹备",
        source=["open"],
        target="preparing",
        articles=[Article(9)],
        guards=["nothing_submitted"],
        reason=True,
        consequences=["本年度从网站撤下，依托单位不能新建和提交申报", "已有的草稿保留"],
        sentence="{actor}把{ref}年度退回筹备",
    )
    def back_to_preparing(self, *, actor, at, **values):
        self.is_public = False

    @step(
        "退回申报",
        source=["screening"],
        target="open",
        articles=[Article(13, 4)],
        guards=["results_unpublished"],
        reason=True,
        consequences=["提交截止时间未到的依托单位可以继续填报"],
        sentence="{actor}把{ref}年度退回申报阶段",
    )
    def back_to_open(self, *, actor, at, **values):
        pass

    @step(
        "退回初筛",
        source=["cast_review"],
        target="screening",
        articles=[Article(13, 4)],
        guards=["results_unpublished"],
        reason=True,
        consequences=["报送截止时间未到的推荐单位可以继续报送"],
        sentence="{actor}把{ref}年度退回推荐单位初筛",
    )
    def back_to_screening(self, *, actor, at, **values):
        pass

    @step(
        "退回审查",
        source=["network_review"],
        target="cast_review",
        articles=[Article(15)],
        guards=["results_unpublished"],
        reason=True,
        sentence="{actor}把{ref}年度退回市科协审查",
    )
    def back_to_cast_review(self, *, actor, at, **values):
        pass

    @step(
        "退回网络评审",
        source=["panel_review"],
        target="network_review",
        articles=[Article(17)],
        guards=["results_unpublished"],
        reason=True,
        sentence="{actor}把{ref}年度退回网络评审",
    )
    def back_to_network_review(self, *, actor, at, **values):
        pass

    @step(
        "退回会议评审",
        source=["publicity"],
        target="panel_review",
        articles=[Article(17)],
        guards=["results_unpublished"],
        reason=True,
        sentence="{actor}把{ref}年度退回会议评审",
    )
    def back_to_panel_review(self, *, actor, at, **values):
        pass

    # --- guards: facts gathered here, judged in rules.py -------------------------------------------------------------

    def year_is_new(self, **asked):
        if type(self).objects.filter(year=self.year).exists():
            yield YEAR_TAKEN

    def ready_to_open(self, *, at, **asked):
        """Fields with places, quotas, a rubric, windows in order and a published 申报通知 (Art. 9, 11, 16)."""
        yield from self.setup_findings()
        if at >= self.application_closes_at:
            yield failed("依托单位提交截止时间已过，请先调整时间", article=Article(16))

    def sound(self, *, changes=None, **asked):
        """The set-up as it would be with the changes, in itself; what is still missing is asked at opening."""
        yield from self.with_changes(changes or {}).faults()

    def fields_in_use_stay(self, *, places=None, **asked):
        """A field that an application has chosen is not taken out (drafts stay when a cycle goes back to 筹备)."""
        used = self.fields.filter(pk__in=self.applications.values("field")).exclude(code__in=places or ())
        for field in used if places is not None else ():
            yield failed(f"“{field.name}”已有申报选用，不能删去", article=Article(9))

    def quotas_cover_used(self, *, quotas=None, **asked):
        """No quota below what its unit uses already (Art. 11)."""
        used = self.used_places()
        for unit, places in (quotas or {}).items():
            yield rules.quota_covers_used(places, used.get(unit, 0))

    def windows_only_later(self, *, at, windows=None, **asked):
        """Who counted on a deadline keeps it: one that is announced moves later, never earlier."""
        windows = windows or {}
        yield from self.with_changes(windows).faults()
        for name in ("application_closes_at", "recommend_closes_at"):
            if name in windows and windows[name] < getattr(self, name):
                label = self._meta.get_field(name).verbose_name
                yield failed(f"“{label}”已经公布，只能顺延，不能提前", article=Article(16))

    def application_window_over(self, *, at, **asked):
        if at < self.application_closes_at:
            until = deadline_text(self.application_closes_at)
            yield failed(f"依托单位提交截止时间（{until}）未到", article=Article(13, 3))

    def stage_finished(self, *, at, **asked):
        """Nothing of the stage that ends may be left hanging; each app says what of its own still is."""
        for item in hanging.items(self, at):
            yield failed(f"{item.label}：{item.count} 项未办结", article=item.article)

    def nothing_submitted(self, **asked):
        if self.applications.exclude(state__in=["draft", "withdrawn"]).exists():
            yield failed("已有申报提交，不能退回筹备", article=Article(13, 3))

    def results_unpublished(self, **asked):
        """A stage whose results were published is not gone back to."""
        kinds = ["proposed", "final"]
        if self.notices.filter(kind__in=kinds, is_public=True).exists():
            yield failed("结果已经公布，不能退回上一阶段", article=Article(19))
