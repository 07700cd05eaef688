import pickle

import pytest

from portal.regulation.articles import (
    TEXT,
    Article,
    UnknownArticle,
    chapters,
    every_article,
    from_numeral,
    parse,
    text_of,
    to_numeral,
)


def test_article_prints_as_the_regulation_is_cited():
    assert str(Article(8, 2, 3)) == "第八条（二）3"
    assert str(Article(13, 3)) == "第十三条（三）"
    assert str(Article(31, 2, 7)) == "第三十一条（二）7"
    assert str(Article(20)) == "第二十条"


@pytest.mark.parametrize("parts", [(0,), (37,), (8, 3), (8, 2, 7), (8, None, 1), (14, 1)])
def test_article_that_is_not_in_the_text_is_refused(parts):
    with pytest.raises(UnknownArticle):
        Article(*parts)


def test_articles_are_hashable_and_in_the_order_of_the_text():
    assert {Article(8, 2, 3): 1}[Article(8, 2, 3)] == 1
    assert sorted([Article(13, 1), Article(8, 2, 3), Article(8), Article(8, 2), Article(8, 1, 5)]) == [
        Article(8), Article(8, 1, 5), Article(8, 2), Article(8, 2, 3), Article(13, 1)]  # fmt: skip


@pytest.mark.parametrize("citation", ["8(2)3", " 8(2)3 ", "第八条（二）3"])
def test_parse_reads_both_ways_of_writing(citation):
    assert parse(citation) == Article(8, 2, 3)


def test_parse_reads_whole_articles_and_paragraphs():
    assert [parse("14"), parse("13(5)"), parse("第三十一条（一）")] == [Article(14), Article(13, 5), Article(31, 1)]


@pytest.mark.parametrize("citation", ["", "8.2.3", "第八款", "8(9)", "Art. 8"])
def test_parse_refuses_what_it_cannot_read(citation):
    with pytest.raises(UnknownArticle):
        parse(citation)


def test_every_article_survives_json_and_printing_and_pickling():
    for article in every_article():
        assert Article.from_data(article.as_data()) == article
        assert parse(str(article)) == article
        assert pickle.loads(pickle.dumps(article)) == article
    assert Article(8, 2, 3).as_data() == [8, 2, 3]
    assert Article(14).as_data() == [14]


def test_text_of_gives_the_words_of_each_level():
    assert text_of(Article(8, 2, 3)) == (
        "年龄一般不超过 45 岁，特别优秀的申报人年龄可放宽至 50 岁（1972 年 1 月 1 日以后出生）；"
    )
    assert text_of(Article(8, 1)).splitlines()[:2] == ["依托单位", "1.北京本地注册的独立企业法人单位；"]
    assert text_of(Article(31)).splitlines()[0].startswith("坚持“谁使用谁负责”原则")
    assert text_of(Article(31)).splitlines()[-1] == "7.被依法追究刑事责任的。"
    assert len(text_of(Article(13)).splitlines()) == 6


def test_the_text_has_eight_chapters_and_thirty_six_articles_without_a_gap():
    assert [str(chapter) for chapter in chapters()] == [
        "第一章 总则", "第二章 基本原则", "第三章 申报条件", "第四章 申报程序",
        "第五章 人才评审", "第六章 人才支持", "第七章 全过程管理", "第八章 附则"]  # fmt: skip
    assert [article.number for chapter in chapters() for article in chapter.articles] == list(range(1, 37))
    assert len(every_article()) == 36 + 2 + 5 + 6 + 5 + 2 + 7


def test_every_provision_is_a_whole_sentence_or_a_heading():
    for article in every_article():
        assert text_of(article)[-1] in "。；", article


def test_the_text_holds_no_broken_lines():
    for line in TEXT.read_text(encoding="utf-8").split("\n---\n")[0].splitlines():
        if line and not line.startswith(("#", "（审议稿）", "（一）依托单位", "（二）申报人")):
            assert line[-1] in "。；：", line


def test_numerals_go_both_ways():
    assert [to_numeral(number) for number in (1, 10, 13, 20, 36)] == ["一", "十", "十三", "二十", "三十六"]
    assert all(from_numeral(to_numeral(number)) == number for number in range(1, 100))
