"""What an entry is about: the name it says, the links that count, what is only mentioned in passing."""

from __future__ import annotations

import pytest

from feeds.about import KEYS
from feeds.about import about
from feeds.model import Link
from feeds.model import Rel
from feeds.names import subject

REPO = "https://github.com/mira/shed"
PAPER = "https://arxiv.org/abs/2401.01234"
PAGE = "https://garden.example.org/notes/tomatoes"
OTHER = "https://kitchen.example.org/bread"

# Names


@pytest.mark.parametrize(
    ("title", "text", "expected"),
    [
        pytest.param("Meadow 3 is out", "…", ("meadow3", True), id="title"),
        pytest.param(
            None, "今天试了 Meadow 3，很快。Meadow-3 比 Meadow 2 好。", ("meadow3", True), id="opening and again"
        ),
        pytest.param(None, "meadow3 支持了，运行 meadow3 即可", ("meadow3", True), id="lower case"),
        pytest.param(None, "今天试了 Meadow 3，很快。", ("meadow3", False), id="opening only"),
        pytest.param(None, "刚开源的 shed.c 很小。shed.c 只有一个文件。", ("shed.c", True), id="file"),
        pytest.param(None, "Harvest R+ 发布。大家都在用 Harvest R+", ("harvestr+", True), id="plus"),
        pytest.param(None, "Harbor 8x22B 开源。Harbor 8X22B 很大", ("harbor8x22", True), id="of several"),
        pytest.param("A;Meadow 3 更新", "…", ("meadow3", False), id="one of several headlines"),
        pytest.param(None, "除了 Meadow 3 还有一篇论文。Meadow 3", None, id="besides"),
        pytest.param(None, "性能超过 GPT-4。GPT-4 是去年的", None, id="what everything is compared with"),
        pytest.param(None, "第一句话。后来才提到 Meadow 3。Meadow 3", None, id="not at the beginning"),
        pytest.param(
            None, "又有了新版本。Meadow 3 更快。Meadow 3 更小。", None, id="second sentence, and hardly again"
        ),
        pytest.param(
            None,
            "昨晚又发了一篇说明。Meadow 3 更快。Meadow 3 更小。Meadow 3 更省。",
            ("meadow3", True),
            id="second sentence, and most of the text",
        ),
        pytest.param(
            None,
            "昨晚的访谈。Meadow 3、Harbor 2、Harvest 4 都谈到了。Meadow 3 慢，Harbor 2 快，Harvest 4 贵，Meadow 3 旧。",
            None,
            id="second sentence, one of several names",
        ),
        pytest.param(None, "这个项目将 Meadow 3 用在花园里。Meadow 3 看图，Meadow 3 说话。", None, id="made use of"),
        pytest.param(
            "花盆的尺寸",
            "Meadow 3 要大花盆。小番茄用小的就行。罗勒随便种，怎么样都能活。",
            None,
            id="one of several items",
        ),
        pytest.param(
            "花盆的尺寸", "Meadow 3 要一个很大的花盆才行。", ("meadow3", False), id="most of what stands below"
        ),
        pytest.param("Top 10 books of April 20", "…", None, id="numbers that count"),
        pytest.param(None, "Pump 7B 参数。Pump 7B", None, id="amounts"),
        pytest.param(None, "见 example.org/Meadow-3 和 https://example.org/Meadow-3", None, id="addresses"),
    ],
)
def test_an_entry_is_about_the_name_it_begins_with(
    title: str | None, text: str, expected: tuple[str, bool] | None
) -> None:
    found = subject(title, text)
    assert (found and (found.name, found.is_about)) == expected


def test_an_address_that_spells_the_name_counts_as_a_mention() -> None:
    found = subject(None, "用了几天 Harvest R+，不错。", ["https://models.example.org/acme/harvest-r-plus"])
    assert found is not None and found.is_about


def test_a_name_and_its_initials_are_one_where_the_entry_has_both() -> None:
    both = subject("Quiet Meadow 3 发布", "QM3 比上一代快。")
    assert both is not None and both.names == ("meadow3", "qm3")
    alone = subject("Quiet Meadow 3 发布", "XM3 比上一代快。")
    assert alone is not None and alone.names == ("meadow3",)
    first, second = about("Quiet Meadow 3 发布", "QM3 更快。", None, (), ()), about("QM3 的反馈", "…", None, (), ())
    assert [key for key in first.rows() if key in second.rows()] == ["name:qm3"]


# What an entry is about


def test_what_is_linked_in_passing_is_not_what_an_entry_is_about() -> None:
    links = [Link(REPO, Rel.PROJECT), Link(PAPER, Rel.PAPER), Link(OTHER)]
    assert about(None, "…", PAGE, links, ()).keys == (
        f"url:{PAGE}",
        "repo:github.com/mira/shed",
        "arxiv:2401.01234",
    )


@pytest.mark.parametrize(
    ("title", "links"),
    [
        pytest.param(None, [REPO, "https://github.com/mira/barn"], id="two repositories"),
        pytest.param(None, [f"https://example{n}.org/a" for n in range(KEYS + 1)], id="many pages"),
        pytest.param("花园周报", [REPO], id="its title says so"),
        pytest.param("番茄熟了；罗勒发芽了", [REPO], id="several headlines"),
    ],
)
def test_a_round_up_ties_nothing_together(title: str | None, links: list[str]) -> None:
    assert not about(title, "…", None, [Link(link, Rel.PROJECT) for link in links], ()).ties
    assert about("番茄", "…", None, [Link(REPO, Rel.PROJECT), Link(PAPER, Rel.PAPER)], ()).ties


def test_of_several_repositories_the_one_in_the_title_is_what_an_entry_is_about() -> None:
    barn = "https://github.com/mira/barn-garden"
    links = [Link(REPO.replace("shed", "garden-shed"), Rel.PROJECT), Link(barn, Rel.PROJECT)]
    found = about("Garden Shed 2 开源了", "…", None, links, ())
    assert found.rows()["repo:github.com/mira/garden-shed"] is True
    assert found.rows()["repo:github.com/mira/barn-garden"] is False
    assert set(about("两个小工具", "…", None, links, ()).rows().values()) == {False}


def test_an_essay_keeps_its_own_address_and_not_the_projects_it_names_in_passing() -> None:
    text = "种花不必着急。" * 60 + "可以试试 github.com/mira/shed 和 github.com/mira/barn。" + "浇水要勤。" * 60
    links = [Link(PAGE, Rel.ORIGINAL), Link(REPO, Rel.PROJECT), Link("https://github.com/mira/barn", Rel.PROJECT)]
    assert about(None, text, PAGE, links, ()).rows() == {f"url:{PAGE}": False}


def test_front_pages_of_projects_count_and_those_of_sites_do_not() -> None:
    assert about(None, "…", "https://shed.github.io/", (), ()).keys == ("url:https://shed.github.io",)
    assert about(None, "…", "https://shed.example.org/", (), ()).keys == ()
