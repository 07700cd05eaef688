"""Every kind of query: without a reach it refuses, with one it sees the reach's rows alone."""

import pytest
from asgiref.sync import async_to_sync
from django.db.models import Count, Exists, F, OuterRef, Prefetch, Subquery, Sum, prefetch_related_objects
from django.db.models.functions import Length

from portal.people.models import Organisation
from portal.tenancy.reach import Because, NoReach, OutOfReach, Reach, everything, reaching
from tests.kernel.models import Entry, Errand, Line
from tests.people import AT, SINCE, acting

# What a host unit gets of each query that reads; `rows` holds its own errand and the stranger's.
READS = {
    "list": (lambda rows: list(Errand.objects.all()), lambda rows: [rows.mine]),
    "get": (lambda rows: Errand.objects.get(pk=rows.mine.pk), lambda rows: rows.mine),
    "filter": (lambda rows: list(Errand.objects.filter(title__startswith="题")), lambda rows: [rows.mine]),
    "exclude": (lambda rows: list(Errand.objects.exclude(pk=rows.mine.pk)), lambda rows: []),
    "exists": (lambda rows: Errand.objects.filter(pk=rows.theirs.pk).exists(), lambda rows: False),
    "exclude exists": (lambda rows: Errand.objects.exclude(pk=rows.mine.pk).exists(), lambda rows: False),
    "count": (lambda rows: Errand.objects.count(), lambda rows: 1),
    "len": (lambda rows: len(Errand.objects.all()), lambda rows: 1),
    "bool": (lambda rows: bool(Errand.objects.filter(pk=rows.theirs.pk)), lambda rows: False),
    "slice": (lambda rows: list(Errand.objects.order_by("pk")[:5]), lambda rows: [rows.mine]),
    "index": (lambda rows: Errand.objects.order_by("-pk")[0], lambda rows: rows.mine),
    "first": (lambda rows: Errand.objects.first(), lambda rows: rows.mine),
    "last": (lambda rows: Errand.objects.last(), lambda rows: rows.mine),
    "earliest": (lambda rows: Errand.objects.earliest("created_at"), lambda rows: rows.mine),
    "latest": (lambda rows: Errand.objects.latest("created_at"), lambda rows: rows.mine),
    "contains": (lambda rows: Errand.objects.contains(rows.theirs), lambda rows: False),
    "in_bulk": (lambda rows: list(Errand.objects.in_bulk()), lambda rows: [rows.mine.pk]),
    "iterator": (lambda rows: list(Errand.objects.iterator(chunk_size=1)), lambda rows: [rows.mine]),
    "values": (lambda rows: list(Errand.objects.values("pk")), lambda rows: [{"pk": rows.mine.pk}]),
    "values_list": (lambda rows: list(Errand.objects.values_list("pk", flat=True)), lambda rows: [rows.mine.pk]),
    "only": (lambda rows: list(Errand.objects.only("title")), lambda rows: [rows.mine]),
    "defer": (lambda rows: list(Errand.objects.defer("organisation", "state")), lambda rows: [rows.mine]),
    "distinct": (lambda rows: list(Errand.objects.distinct()), lambda rows: [rows.mine]),
    "dates": (lambda rows: len(Line.objects.dates("day", "month")), lambda rows: 1),
    "datetimes": (lambda rows: len(Errand.objects.datetimes("created_at", "day")), lambda rows: 1),
    "aggregate": (lambda rows: Line.objects.aggregate(n=Sum("amount"))["n"], lambda rows: 1),
    "annotate": (lambda rows: [e.n for e in Errand.objects.annotate(n=Count("lines"))], lambda rows: [1]),
    "group by": (lambda rows: list(Line.objects.values_list("day").annotate(Count("pk"))), lambda rows: [(SINCE, 1)]),
    "alias": (lambda rows: list(Errand.objects.alias(n=Length("title")).filter(n__gt=1)), lambda rows: [rows.mine]),
    "subquery": (
        lambda rows: list(Organisation.objects.filter(pk__in=Errand.objects.values("organisation"))),
        lambda rows: [rows.mine.organisation],
    ),
    "scalar subquery": (
        lambda rows: set(
            Organisation.objects.filter(kind="host")
            .annotate(e=Subquery(Errand.objects.filter(organisation=OuterRef("pk")).values("pk")[:1]))
            .values_list("e", flat=True)
        ),
        lambda rows: {rows.mine.pk, None},
    ),
    "Exists": (
        lambda rows: list(Organisation.objects.filter(Exists(Errand.objects.filter(organisation=OuterRef("pk"))))),
        lambda rows: [rows.mine.organisation],
    ),
    "union": (lambda rows: list(Errand.objects.union(Errand.objects.all())), lambda rows: [rows.mine]),
    "union count": (lambda rows: Errand.objects.union(Errand.objects.all(), all=True).count(), lambda rows: 2),
    "intersection": (lambda rows: list(Errand.objects.intersection(Errand.objects.all())), lambda rows: [rows.mine]),
    "difference": (lambda rows: list(Errand.objects.difference(Errand.objects.filter(pk=0))), lambda rows: [rows.mine]),
    "or": (
        lambda rows: list(Errand.objects.filter(pk=rows.mine.pk) | Errand.objects.filter(pk=rows.theirs.pk)),
        lambda rows: [rows.mine],
    ),
    "and": (lambda rows: list(Errand.objects.all() & Errand.objects.exclude(pk=0)), lambda rows: [rows.mine]),
    "xor": (lambda rows: list(Errand.objects.all() ^ Errand.objects.filter(pk=0)), lambda rows: [rows.mine]),
    "extra": (lambda rows: list(Errand.objects.extra(where=["true OR true"])), lambda rows: [rows.mine]),
    "complex filter": (lambda rows: list(Errand.objects.complex_filter({"pk__gt": 0})), lambda rows: [rows.mine]),
    "lock": (lambda rows: list(Errand.objects.select_for_update()), lambda rows: [rows.mine]),
    "default manager": (lambda rows: list(Errand._default_manager.all()), lambda rows: [rows.mine]),
    "base manager": (lambda rows: list(Errand._base_manager.all()), lambda rows: [rows.mine]),
    "using": (lambda rows: list(Errand.objects.using("default").all()), lambda rows: [rows.mine]),
    "reverse manager": (lambda rows: [line.amount for line in rows.mine.lines.all()], lambda rows: [1]),
    "reverse of theirs": (lambda rows: rows.theirs.lines.count(), lambda rows: 0),
    "prefetch": (lambda rows: [len(e.lines.all()) for e in Errand.objects.prefetch_related("lines")], lambda rows: [1]),
    "prefetch theirs": (lambda rows: _prefetched(rows.theirs, "lines"), lambda rows: 0),
    "prefetch with a query": (
        lambda rows: _prefetched(rows.theirs, Prefetch("lines", Line.objects.filter(amount=1))),
        lambda rows: 0,
    ),
    "select_related": (
        lambda rows: [line.errand for line in Line.objects.select_related("errand")],
        lambda rows: [rows.mine],
    ),
    "join": (lambda rows: list(Line.objects.filter(errand__title__gt="").values_list("errand", flat=True)),
             lambda rows: [rows.mine.pk]),
    "explain": (lambda rows: "kernel_errand" in Errand.objects.all().explain(), lambda rows: True),
    "update": (lambda rows: Errand.objects.update(title=F("number")), lambda rows: 1),
    "delete": (lambda rows: Line.objects.all().delete()[0], lambda rows: 1),
    "async get": (lambda rows: _awaited(lambda: Errand.objects.aget(pk=rows.mine.pk)), lambda rows: rows.mine),
    "async count": (lambda rows: _awaited(lambda: Errand.objects.acount()), lambda rows: 1),
    "async exists": (lambda rows: _awaited(lambda: Errand.objects.filter(pk=0).aexists()), lambda rows: False),
    "async iteration": (lambda rows: _awaited(_gathered), lambda rows: [rows.mine]),
    "async update": (lambda rows: _awaited(lambda: Errand.objects.aupdate(title=F("number"))), lambda rows: 1),
}  # fmt: skip

# Queries that write or read again through an instance.
WRITES = {
    "create": lambda rows: Line.objects.create(**_line(rows)),
    "save": lambda rows: Line(**_line(rows)).save(),
    "save again": lambda rows: rows.mine.save(),
    "force update": lambda rows: rows.mine.save(force_update=True),
    "update fields": lambda rows: rows.mine.save(update_fields=["title"]),
    "bulk_create": lambda rows: Line.objects.bulk_create([Line(**_line(rows))]),
    "bulk_update": lambda rows: Errand.objects.bulk_update([rows.mine], ["title"]),
    "get_or_create": lambda rows: Line.objects.get_or_create(**_line(rows)),
    "update_or_create": lambda rows: Line.objects.update_or_create(**_line(rows), defaults={"amount": 3}),
    "reverse create": lambda rows: rows.mine.lines.create(organisation=rows.mine.organisation, day=SINCE, amount=2),
    "reverse add": lambda rows: rows.mine.lines.add(Line(**_line(rows)), bulk=False),
    "instance delete": lambda rows: rows.mine.line.delete(),
    "refresh_from_db": lambda rows: rows.mine.refresh_from_db(),
    "async refresh": lambda rows: _awaited(rows.mine.arefresh_from_db),
    "async save": lambda rows: _awaited(rows.mine.asave),
    "full_clean": lambda rows: Line(**{**_line(rows), "errand": None, "errand_id": rows.mine.pk}).full_clean(),
    "validate unique": lambda rows: rows.mine.validate_unique(),
    "forward key": lambda rows: Line(errand_id=rows.mine.pk).errand,
    "deferred field": lambda rows: _without_title(rows).title,
}  # fmt: skip


def _line(rows) -> dict:
    return {"errand": rows.mine, "organisation_id": rows.mine.organisation_id, "day": SINCE, "amount": 2}


def _prefetched(errand, lookup) -> int:
    prefetch_related_objects([errand], lookup)
    return len(errand.lines.all())


def _awaited(ask):
    async def run():
        return await ask()

    return async_to_sync(run)()


async def _gathered() -> list:
    return [errand async for errand in Errand.objects.all()]


def _without_title(rows) -> Errand:
    """The errand with its title yet to be loaded."""
    del rows.mine.__dict__["title"]
    return rows.mine


@pytest.mark.parametrize("name", READS)
def test_read_without_reach_refuses(rows, name):
    with pytest.raises(NoReach):
        READS[name][0](rows)


@pytest.mark.parametrize("name", WRITES)
def test_write_without_reach_refuses(rows, name):
    with pytest.raises(NoReach):
        WRITES[name](rows)


@pytest.mark.parametrize("name", READS)
def test_read_reaches_own_rows_only(rows, people, name):
    query, expected = READS[name]
    with acting(people.host_clerk):
        assert query(rows) == expected(rows)
    with everything(because=Because.CHECK_INVARIANTS):
        assert Errand.objects.filter(title__startswith="题").filter(pk=rows.theirs.pk).exists()
        assert Line.objects.filter(errand=rows.theirs).exists()


@pytest.mark.parametrize("name", WRITES)
def test_write_reaches_own_rows(rows, people, name):
    with acting(people.host_clerk):
        WRITES[name](rows)


def test_nothing_reached_finds_nothing(rows):
    with reaching(Reach()):
        assert list(Errand.objects.all()) == []


def test_query_takes_the_reach_of_the_moment_it_runs(rows, people):
    waiting = Errand.objects.order_by("pk")
    for actor, row in ((people.host_clerk, rows.mine), (people.stranger_clerk, rows.theirs)):
        with acting(actor):
            assert list(waiting.all()) == [row]
    with pytest.raises(NoReach):
        list(waiting.all())


def test_raw_always_refuses(rows, people):
    with everything(because=Because.CHECK_INVARIANTS):
        for ask in (Errand.objects.raw, Errand.objects.all().raw, Errand._base_manager.raw):
            with pytest.raises(OutOfReach):
                ask("SELECT * FROM kernel_errand")


def test_everything_takes_a_reason_of_the_list_only(rows):
    with pytest.raises(TypeError), everything(because="I want to"):
        pass


@pytest.mark.parametrize(
    "write",
    [
        lambda row: row.save(),
        lambda row: row.delete(),
        lambda row: Line.objects.create(errand=row, organisation_id=row.organisation_id, day=SINCE, amount=1),
        lambda row: Line.objects.bulk_create([Line(errand=row, organisation_id=row.organisation_id, day=SINCE)]),
        lambda row: row.lines.create(organisation_id=row.organisation_id, day=SINCE, amount=1),
    ],
)
def test_write_outside_is_refused_before_any_sql(rows, people, django_assert_num_queries, write):
    with acting(people.host_clerk), django_assert_num_queries(0), pytest.raises(OutOfReach):
        write(rows.theirs)


def test_keeper_never_changes(rows, people):
    with everything(because=Because.CHECK_INVARIANTS):
        loaded = Errand.objects.get(pk=rows.mine.pk)
        loaded.organisation_id = rows.theirs.organisation_id
        with pytest.raises(OutOfReach):
            loaded.save()
        with pytest.raises(OutOfReach):
            Errand.objects.filter(pk=rows.mine.pk).update(organisation_id=rows.theirs.organisation_id)
        with pytest.raises(OutOfReach):
            Errand.objects.filter(pk=rows.mine.pk).update(organisation=rows.theirs.organisation)
        with pytest.raises(OutOfReach):
            Errand.objects.bulk_update([loaded], ["organisation"])
        with pytest.raises(OutOfReach):
            rows.mine.organisation_id = rows.theirs.organisation_id
            rows.mine.save()


def test_a_made_up_instance_neither_overwrites_nor_deletes_a_foreign_row(rows, people):
    """The key of another's row, the keeper of one's own: what a forged form could build."""
    line = {"organisation_id": people.host.pk, "errand_id": rows.mine.pk, "day": SINCE, "amount": 9}
    with everything(because=Because.CHECK_INVARIANTS):
        foreign = Line.objects.get(errand=rows.theirs)
    with acting(people.host_clerk):
        with pytest.raises(OutOfReach):
            Line(pk=foreign.pk, **line).delete()
        with pytest.raises(OutOfReach):
            Line.objects.bulk_create(
                [Line(pk=foreign.pk, **line)], update_conflicts=True, update_fields=["amount"], unique_fields=["id"]
            )
        assert Line.objects.filter(pk=foreign.pk).update(amount=9) == 0
    with everything(because=Because.CHECK_INVARIANTS):
        assert Line.objects.get(pk=foreign.pk).amount == 1


def test_axis_reaches_declared_tables_only(rows, people):
    with reaching(Reach(axes={"applications": frozenset({rows.mine.pk})})):
        assert list(Errand.objects.all()) == [rows.mine]
        assert [line.errand_id for line in Line.objects.all()] == [rows.mine.pk]
        assert list(Entry.objects.all()) == []  # declares no axis


def test_row_on_an_axis_may_be_saved_but_not_made(rows):
    with reaching(Reach(axes={"applications": frozenset({rows.mine.pk})})):
        errand = Errand.objects.get()
        errand.title = "改过"
        errand.save()
        with pytest.raises(OutOfReach):
            Errand(number="new", organisation_id=errand.organisation_id).save()
        with pytest.raises(OutOfReach):
            rows.theirs.save()


def test_published_row_is_everybodys_to_read_and_nobodys_to_write(rows, people):
    with acting(people.stranger_clerk):
        Errand.objects.filter(pk=rows.theirs.pk).update(is_public=True)
    with reaching(Reach()):
        assert list(Errand.objects.all()) == [rows.theirs]
        with pytest.raises(OutOfReach):
            Errand.objects.get().save()


@pytest.mark.parametrize(
    ("name", "seen"),
    [
        ("host_clerk", ["mine"]),
        ("applicant", ["mine"]),
        ("neighbour_clerk", []),
        ("stranger_clerk", ["theirs"]),
        ("recommender_officer", ["mine"]),
        ("other_recommender_officer", ["theirs"]),
        ("cast_officer", ["mine", "theirs"]),
        ("auditor", ["mine", "theirs"]),
    ],
)
def test_reach_of_each_role(rows, people, name, seen):
    with acting(getattr(people, name)):
        assert list(Errand.objects.order_by("pk")) == [getattr(rows, key) for key in seen]


def test_expert_and_outsider_reach_no_organisation(rows, people):
    for actor in (people.experts[0], people.outsider):
        with acting(actor):
            assert not Errand.objects.exists()


def test_reach_is_left_even_after_an_error(rows, people):
    with pytest.raises(ZeroDivisionError), acting(people.host_clerk):
        assert Errand.objects.count() == 1
        _ = 1 / 0
    with pytest.raises(NoReach):
        Errand.objects.count()


def test_inner_reach_does_not_widen_the_outer(rows, people):
    with acting(people.host_clerk):
        with everything(because=Because.CHECK_INVARIANTS):
            assert Errand.objects.count() == 2
        assert Errand.objects.count() == 1
    assert AT.tzinfo is not None
