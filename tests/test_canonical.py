"""When two addresses lead to the same thing, and what an address identifies."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import settings
from hypothesis import strategies as st

from feeds.canonical import canonical
from feeds.canonical import exact_keys

PAGE = "https://garden.example.org/notes/tomatoes"

EQUAL = {
    "scheme": (PAGE, "http://garden.example.org/notes/tomatoes"),
    "case of scheme and host": (PAGE, "HTTPS://Garden.Example.ORG/notes/tomatoes"),
    "slash at the end": (PAGE, f"{PAGE}/"),
    "fragment": (PAGE, f"{PAGE}#how-to"),
    "text fragment": (PAGE, f"{PAGE}#:~:text=soil"),
    "default port": (PAGE, "https://garden.example.org:443/notes/tomatoes"),
    "port of the other scheme": (PAGE, "http://garden.example.org:80/notes/tomatoes"),
    "dots": (PAGE, "https://garden.example.org/old/../notes/./tomatoes"),
    "www": (PAGE, "https://www.garden.example.org/notes/tomatoes"),
    "m": (PAGE, "https://m.garden.example.org/notes/tomatoes"),
    "mobile": (PAGE, "https://mobile.garden.example.org/notes/tomatoes"),
    "campaign": (PAGE, f"{PAGE}?utm_source=weekly&utm_medium=email"),
    "clicks": (PAGE, f"{PAGE}?fbclid=abc&gclid=def&mc_cid=1"),
    "from and share": (PAGE, f"{PAGE}?from=timeline&share_token=77&spm=1.2.3"),
    "white space": (PAGE, f"  {PAGE}\n"),
    "user": (PAGE, "https://me@garden.example.org/notes/tomatoes"),
    "empty query": (PAGE, f"{PAGE}?"),
    "index": (PAGE, f"{PAGE}/index.html"),
    "amp path": (PAGE, f"{PAGE}/amp/"),
    "amp parameter": (PAGE, f"{PAGE}?amp=1"),
    "amp of a search engine": (PAGE, "https://www.google.com/amp/s/garden.example.org/notes/tomatoes/amp/"),
    "amp cache": (PAGE, "https://garden-example-org.cdn.ampproject.org/c/s/garden.example.org/notes/tomatoes"),
    "redirect of a search engine": (
        PAGE,
        "https://www.google.com/url?sa=t&url=https%3A%2F%2Fgarden.example.org%2Fnotes%2Ftomatoes",
    ),
    "redirect of a forum": (PAGE, "https://link.zhihu.com/?target=https%3A//garden.example.org/notes/tomatoes"),
    "archive": (PAGE, "https://web.archive.org/web/20240102030405/https://garden.example.org/notes/tomatoes"),
    "order of parameters": (f"{PAGE}?b=2&a=1", f"{PAGE}?a=1&b=2"),
    "escapes": ("https://garden.example.org/%7Erain/%e7%95%aa", "https://garden.example.org/~rain/番"),
    "international name": ("https://例子.测试/页", "https://xn--fsqu00a.xn--0zwm56d/%E9%A1%B5"),
    "status: name": (
        "https://twitter.com/rainlin/status/1700000000000000001",
        "https://x.com/RainLin/status/1700000000000000001?s=20",
    ),
    "status: mirror": (
        "https://x.com/rainlin/status/1700000000000000001",
        "https://vxtwitter.com/rainlin/status/1700000000000000001",
    ),
    "status: reader": (
        "https://x.com/rainlin/status/1700000000000000001",
        "https://nitter.net/rainlin/status/1700000000000000001#m",
    ),
    "status: picture": (
        "https://x.com/rainlin/status/1700000000000000001",
        "https://mobile.twitter.com/rainlin/status/1700000000000000001/photo/2",
    ),
    "status: without a name": (
        "https://x.com/rainlin/status/1700000000000000001",
        "https://fxtwitter.com/i/web/status/1700000000000000001",
    ),
    "video: short": ("https://www.youtube.com/watch?v=a_b-c1d2e3f", "https://youtu.be/a_b-c1d2e3f?si=x&t=30"),
    "video: short film": ("https://www.youtube.com/watch?v=a_b-c1d2e3f", "https://m.youtube.com/shorts/a_b-c1d2e3f"),
    "video: embedded": (
        "https://www.youtube.com/watch?v=a_b-c1d2e3f",
        "https://www.youtube-nocookie.com/embed/a_b-c1d2e3f",
    ),
    "video: in a list": (
        "https://www.youtube.com/watch?v=a_b-c1d2e3f",
        "https://youtube.com/watch?list=PL1&v=a_b-c1d2e3f&index=3",
    ),
    "video: bilibili": (
        "https://www.bilibili.com/video/BV1aa411c7XX/?vd_source=1",
        "https://m.bilibili.com/video/BV1aa411c7XX?p=2",
    ),
    "paper: pdf": ("https://arxiv.org/abs/2401.01234", "http://arxiv.org/pdf/2401.01234v3.pdf"),
    "paper: html": ("https://arxiv.org/abs/2401.01234", "https://arxiv.org/html/2401.01234v1"),
    "paper: export": ("https://arxiv.org/abs/2401.01234", "https://export.arxiv.org/abs/2401.01234"),
    "paper: ar5iv": ("https://arxiv.org/abs/2401.01234", "https://ar5iv.labs.arxiv.org/html/2401.01234"),
    "paper: hub": ("https://arxiv.org/abs/2401.01234", "https://huggingface.co/papers/2401.01234"),
    "paper: doi": ("https://arxiv.org/abs/2401.01234", "https://doi.org/10.48550/arXiv.2401.01234"),
    "paper: old number": ("https://arxiv.org/abs/cs/0112017", "https://arxiv.org/pdf/cs/0112017v1"),
    "repository: case": ("https://github.com/RainLin/Shed.py", "https://github.com/rainlin/shed.py"),
    "repository: git": ("https://github.com/rainlin/shed", "https://github.com/rainlin/shed.git"),
    "repository: branch": ("https://github.com/rainlin/shed", "https://github.com/rainlin/shed/tree/main"),
    "encyclopedia": ("https://en.wikipedia.org/wiki/Tomato", "https://en.m.wikipedia.org/wiki/Tomato"),
    "WeChat": (
        "https://mp.weixin.qq.com/s?__biz=Mz&mid=2&idx=1&sn=a",
        "http://mp.weixin.qq.com/s?sn=a&idx=1&mid=2&__biz=Mz&chksm=8&scene=21#wechat_redirect",
    ),
}

UNEQUAL = {
    "another page": (PAGE, "https://garden.example.org/notes/basil"),
    "another host": (PAGE, "https://kitchen.example.org/notes/tomatoes"),
    "another port": (PAGE, "https://garden.example.org:8443/notes/tomatoes"),
    "case of the path": (PAGE, "https://garden.example.org/Notes/tomatoes"),
    "a parameter that counts": (f"{PAGE}?page=1", f"{PAGE}?page=2"),
    "a parameter or none": (PAGE, f"{PAGE}?page=2"),
    "another status": (
        "https://x.com/rainlin/status/1700000000000000001",
        "https://x.com/rainlin/status/1700000000000000002",
    ),
    "another video": ("https://youtu.be/a_b-c1d2e3f", "https://youtu.be/a_b-c1d2e3g"),
    "case of a video": ("https://youtu.be/a_b-c1d2e3f", "https://youtu.be/A_b-c1d2e3f"),
    "another paper": ("https://arxiv.org/abs/2401.01234", "https://arxiv.org/abs/2401.01235"),
    "two issues": ("https://github.com/rainlin/shed/issues/1", "https://github.com/rainlin/shed/issues/2"),
    "a host that is no prefix": ("https://m.example.org/a", "https://n.example.org/a"),
    "a name that only looks alike": ("https://notx.com/rainlin/status/17", "https://x.com/rainlin/status/17"),
}

KEYS = {
    "https://vxtwitter.com/rainlin/status/17": ("status:17",),
    "https://ar5iv.org/abs/2404.12345v2": ("arxiv:2404.12345",),
    "https://github.com/RainLin/tool.c/pull/170": ("repo:github.com/rainlin/tool.c",),
    "https://raw.githubusercontent.com/rainlin/tool.c/main/README.md": ("repo:github.com/rainlin/tool.c",),
    "https://gitlab.com/rain/group/shed/-/issues/4": ("repo:gitlab.com/rain/group/shed",),
    "https://huggingface.co/Garden/Tomato-7B/tree/main": ("repo:huggingface.co/garden/tomato-7b",),
    "https://huggingface.co/spaces/Garden/Demo": ("repo:huggingface.co/spaces/garden/demo",),
    "https://huggingface.co/chat/models/Garden/Tomato-7B/": ("repo:huggingface.co/garden/tomato-7b",),
    "https://youtu.be/a_b-c1d2e3f": ("video:youtube:a_b-c1d2e3f",),
    "https://www.bilibili.com/video/BV1aa411c7XX/": ("video:bilibili:BV1aa411c7XX",),
    "https://old.reddit.com/r/gardening/comments/1abcde/my_shed/": ("reddit:1abcde",),
    "https://news.ycombinator.com/item?id=4242": ("hn:4242",),
    "http://www.garden.example.org/notes/?utm_source=x": ("url:https://garden.example.org/notes",),
    "https://tool.github.io": ("url:https://tool.github.io",),
}

NOTHING = [
    "",
    "garden",
    "mailto:rain@example.org",
    "ftp://example.org/a",
    "https://",
    "https://localhost/a",
    "http://[::1/a",
    "https://example.org",
    "https://www.example.org/",
    "https://example.co.uk",
    "https://blog.example.org/",
    "https://chat.example.org",
    "https://tool.example.org",
    "https://tool.example.co.uk/",
    "https://example.org/pricing",
    "https://example.org/zh-CN/",
    "https://x.com/rainlin",
    "https://x.com",
    "https://www.youtube.com/watch",
    "https://www.youtube.com/@garden",
    "https://github.com",
    "https://github.com/rainlin",
    "https://github.com/topics/gardens",
    "https://huggingface.co/Garden",
    "https://huggingface.co/chat/models",
    "https://www.google.com/search?q=shed",
    "https://t.me/garden",
    "https://reddit.com/r/gardening/",
    f"https://example.org/{'a' * 3000}",
]


@pytest.mark.parametrize("pair", EQUAL.values(), ids=EQUAL)
def test_addresses_of_the_same_thing_have_one_spelling(pair: tuple[str, str]) -> None:
    assert canonical(pair[0]) == canonical(pair[1])
    assert exact_keys(pair[0]) == exact_keys(pair[1]) != ()


@pytest.mark.parametrize("pair", UNEQUAL.values(), ids=UNEQUAL)
def test_addresses_of_different_things_stay_apart(pair: tuple[str, str]) -> None:
    assert canonical(pair[0]) != canonical(pair[1])


@pytest.mark.parametrize(("url", "keys"), KEYS.items(), ids=KEYS)
def test_an_address_tells_what_it_identifies(url: str, keys: tuple[str, ...]) -> None:
    assert exact_keys(url) == keys


@pytest.mark.parametrize("url", NOTHING, ids=lambda url: url[:40] or "empty")
def test_home_pages_profiles_and_what_is_no_address_identify_nothing(url: str) -> None:
    assert exact_keys(url) == ()


def test_what_is_no_address_is_left_as_it_is() -> None:
    assert canonical(" not an address ") == "not an address"


HOSTS = st.sampled_from(
    [
        "example.org",
        "x.com",
        "m.youtube.com",
        "arxiv.org",
        "github.com",
        "google.com",
        "web.archive.org",
        "a.b.m.c.org",
        "mp.weixin.qq.com",
        "huggingface.co",
        "doi.org",
        "[::1]",
        "ex..org",
        "例.测试:80",
    ]
)
PIECES = st.sampled_from(
    [
        "/",
        "//",
        ".",
        "..",
        "amp",
        "index.html",
        "status",
        "17",
        "watch",
        "v=a_b-c1d2e3f",
        "abs",
        "2401.01234",
        "?",
        "&",
        "=",
        "#",
        "%",
        "%2F",
        "%zz",
        "url",
        "q",
        "https://example.org/a",
        "https%3A%2F%2Fx.com",
        "www.",
        "番",
        " ",
        "\\",
        ":",
        "@",
        "\x00",
        "amp.html",
        "BV1aa411c7XX",
        "s",
        "c",
        "utm_x",
    ]
)
ADDRESSES = st.builds(
    lambda scheme, host, pieces: f"{scheme}://{host}/{''.join(pieces)}",
    st.sampled_from(["http", "https", "HTTP", "ftp"]),
    HOSTS,
    st.lists(PIECES, max_size=10),
)


@settings(max_examples=400, deadline=None)
@given(st.one_of(st.text(max_size=60), st.text(max_size=40).map("https://".__add__), ADDRESSES))
def test_the_one_spelling_is_its_own_and_nothing_is_ever_raised(url: str) -> None:
    once = canonical(url)
    assert canonical(once) == once
    assert exact_keys(once) == exact_keys(url)
