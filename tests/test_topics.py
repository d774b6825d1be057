"""The shipped topic rules: what hits, what does not, and how they agree with people."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

from feeds.errors import NotFoundError
from feeds.topics import Topics
from feeds.topics import load_topics
from tests.rules import slugs

ROOT = Path(__file__).parent.parent
CORPUS = ROOT.parent / "shared" / "corpus"

SLUGS = [
    *("openai", "meta-ai", "google", "anthropic", "mistral", "microsoft", "apple", "nvidia", "alibaba", "musk"),
    *("open-models", "agents", "rag", "prompting", "training", "inference", "chips", "evaluation", "multimodal"),
    *("image-generation", "video-generation", "audio", "robotics", "coding", "software", "products", "business"),
    *("policy-safety", "society", "agi", "science", "learning", "research", "interview"),
]


# ------------------------------------------------------------------------------------------------- the shipped rules


def test_the_shipped_file_has_the_34_topics_with_both_names(topics: Topics) -> None:
    assert [topic.slug for topic in topics] == SLUGS
    assert all(topic.name_zh and topic.name_en and topic.description for topic in topics)
    assert topics.get("rag").name_zh == "检索增强"


def test_an_unknown_slug_is_not_found(topics: Topics) -> None:
    with pytest.raises(NotFoundError, match="no topic 'tea'"):
        topics.get("tea")


@pytest.mark.parametrize(
    ("slug", "text"),
    [
        ("openai", "ChatGPT 新增了记忆功能，付费用户今天起可以打开。"),
        ("openai", "奥特曼昨天宣布下一代模型推迟到秋天。"),
        ("meta-ai", "小扎今天公布了 Llama 4 的时间表。"),
        ("google", "DeepMind 的新系统可以预测台风路径。"),
        ("anthropic", "Claude 现在可以直接读取表格文件了。"),
        ("mistral", "Codestral 更新，支持八十种编程语言。"),
        ("microsoft", "纳德拉在发布会上展示了 Azure AI 的新服务。"),
        ("apple", "库克说 Vision Pro 的第二代明年上市。"),
        ("nvidia", "老黄的新显卡比上一代快一倍。"),
        ("alibaba", "通义千问的手机应用今天改名。"),
        ("musk", "星舰第五次试飞成功，助推器被机械臂接住。"),
        ("open-models", "又一个团队放出了开源大模型，权重可以商用。"),
        ("open-models", "A small lab has released open weights for its 9B model."),
        ("agents", "我写了一个多智能体系统，让三个 Agent 互相检查。"),
        ("agents", "The model now supports function calling with several tools at once."),
        ("rag", "搭建企业知识库时，向量检索和重排序哪个更重要？"),
        ("prompting", "分享一个写周报的提示词，用这个 prompt 模板效果很好。"),
        ("training", "用 QLoRA 在一张卡上微调七十亿参数的模型。"),
        ("inference", "用 llama.cpp 在旧笔记本上本地运行，每秒 12 个 token。"),
        ("chips", "新的数据中心将装下十万块 H100，算力翻倍。"),
        ("evaluation", "新的评测基准出来了，排行榜前三名都换了。"),
        ("multimodal", "这个视觉语言模型能看懂手写的草图。"),
        ("image-generation", "ComfyUI 的这个工作流可以把照片变成水墨画。"),
        ("video-generation", "用 Runway 做的一分钟短片，文生视频越来越稳。"),
        ("audio", "开会录音用语音识别转成文字，TTS 再读出来。"),
        ("robotics", "人形机器人学会了叠衣服。"),
        ("coding", "用 Cursor 和 GitHub Copilot 写了一个月代码，AI 编程的体会。"),
        ("software", "PostgreSQL 的新版本修了一个三年的 bug。"),
        ("products", "体验了一款新的 AI 笔记应用，界面很清爽。"),
        ("business", "这家初创公司完成两亿美元 B 轮融资，估值翻倍。"),
        ("policy-safety", "作家协会就版权起诉两家公司，法院下月开庭审理。"),
        ("society", "人工智能会取代会计吗？就业调查给出了答案。"),
        ("agi", "通用人工智能何时到来，三位学者给出不同的时间表。"),
        ("science", "神经科学家用新方法看到了突触的变化。"),
        ("learning", "一门免费课程，从零开始讲线性代数，附教程和讲义。"),
        ("research", "这篇论文提出一种新方法，论文地址：https://arxiv.org/abs/2501.00001"),
        ("interview", "昨天的播客采访了三位创始人，嘉宾很敢说。"),
    ],
)
def test_a_post_about_a_topic_belongs_to_it(topics: Topics, slug: str, text: str) -> None:
    assert slug in slugs(topics, text)


@pytest.mark.parametrize(
    ("slug", "text"),
    [
        ("meta-ai", "A meta-analysis of forty trials finds no effect of the supplement."),
        ("google", "表格放在 Google Docs 里，大家自己填。"),
        ("anthropic", "Claude Shannon 的信息论至今仍是必修课。"),
        ("microsoft", "The model has longer context windows than before."),
        ("apple", "妈妈做的苹果派很好吃，配红茶。"),
        ("alibaba", "周末去阿里山看日出。"),
        ("musk", "Nikola Tesla invented the induction motor."),
        ("open-models", "周末参加了开源社区的徒步活动。"),
        ("agents", "Set the User-Agent header, or the server answers 403."),
        ("rag", "A fragment of dragon bone was found near the storage cave."),
        ("prompting", "在命令提示符里输入 dir 看目录。"),
        ("training", "口语训练营下周开班。"),
        ("inference", "他做量化交易多年，最近转行开餐馆。"),
        ("robotics", "客服聊天机器人又答非所问了。"),
        ("science", "学数据科学的人应该先学统计。"),
        ("learning", "机器学习团队今天搬到了三楼。"),
        ("agi", "昨晚在 AGI House 有一场聚会。"),
        ("openai", "新模型的得分达到 GPT-4 水平，体积只有十分之一。"),
        ("software", "开源的大语言模型又多了一个，GitHub 上一天三千星。"),
        ("image-generation", "把照片打印出来贴在墙上。"),
        ("video-generation", "他的讲课视频终于上传了。"),
        ("audio", "音乐会的门票卖完了。"),
        ("chips", "看球赛的时候薯片吃完了。"),
        ("interview", "准备了很久的技术面试，面试题一道没押中。"),
        ("business", "这款笔记软件的暗色主题很好看。"),
        ("policy-safety", "骑车记得戴头盔，系好安全带。"),
    ],
)
def test_a_tricky_post_does_not_belong(topics: Topics, slug: str, text: str) -> None:
    assert slug not in slugs(topics, text)


def test_a_traditional_text_is_classified_like_its_simplified_twin(topics: Topics) -> None:
    assert slugs(topics, "這個團隊放出了開源大模型，權重可以商用。") == slugs(
        topics, "这个团队放出了开源大模型，权重可以商用。"
    )


def test_a_company_in_a_comparison_is_not_what_the_post_is_about(topics: Topics) -> None:
    found = slugs(topics, "在数学题上超过了 Gemini，写作上优于 Claude。", title="通义千问 3 上线")
    assert "alibaba" in found
    assert not found & {"google", "anthropic"}


def test_one_mention_in_a_long_round_up_is_not_enough(topics: Topics) -> None:
    filler = "今天的天气很好，大家一起去公园散步，晚上回家做饭。" * 60
    assert "anthropic" not in slugs(topics, filler + "有人提到了 Claude。" + filler)
    assert "anthropic" in slugs(topics, filler + "Claude 的新版本，Claude 的价格，Claude 的用法。" * 12 + filler)


def test_words_inside_addresses_and_mentions_weigh_less(topics: Topics) -> None:
    assert "openai" not in slugs(topics, "周末读物：https://example.com/openai/chatgpt 来自 @OpenAI 的粉丝")


def test_a_tag_is_enough(topics: Topics) -> None:
    hits = topics.classify(None, "没有别的话。", labels=["#檢索增強", "tea"])
    assert [(hit.slug, hit.evidence[0].place) for hit in hits] == [("rag", "label")]


def test_an_address_among_the_links_counts(topics: Topics) -> None:
    text = "他们提出了一种新方法，研究人员说实验结果很好。"
    given = topics.classify(None, text, links=["https://arxiv.org/abs/2501.00001"])
    assert "research" in {hit.slug for hit in given}
    assert "link" in {e.place for hit in given if hit.slug == "research" for e in hit.evidence}


def test_hits_come_best_first_with_score_and_evidence_as_the_author_wrote_it(topics: Topics) -> None:
    hits = topics.classify("開源 RAG 框架", "這個 RAG 框架支援向量檢索。")
    assert [hit.score for hit in hits] == sorted((hit.score for hit in hits), reverse=True)
    assert all(hit.score >= 1.0 for hit in hits)
    rag = next(hit for hit in hits if hit.slug == "rag")
    assert ("RAG", "title") in {(e.words, e.place) for e in rag.evidence}
    assert any(e.words == "向量檢索" for e in rag.evidence)


def test_explain_also_tells_what_was_not_given(topics: Topics) -> None:
    explained = {e.slug: e for e in topics.explain(None, "今天开会讨论了预算和延迟。")}
    assert not explained["inference"].given
    assert 0 < explained["inference"].score < 1.0
    assert explained["inference"].evidence


@pytest.mark.parametrize("text", ["", "   \n", "\u3000", "a", "#", "🙂" * 10, "https://example.com/"], ids=repr)
def test_texts_with_nothing_in_them_have_no_topics(topics: Topics, text: str) -> None:
    assert topics.classify(None, text) == ()


def test_the_same_text_gives_the_same_result_in_every_process() -> None:
    program = (
        "from feeds.topics import load_topics\n"
        "print(load_topics().classify('Llama 3', 'Meta 開源了 Llama 3，Mistral 和 Qwen 也更新，附教程與論文。'))"
    )
    runs = [
        subprocess.check_output([sys.executable, "-c", program], cwd=ROOT, env={"PYTHONHASHSEED": seed})
        for seed in ("1", "2")
    ]
    assert runs[0] == runs[1] != b"()\n"


def test_loading_does_not_build_what_only_matching_needs() -> None:
    assert "_matching" not in vars(load_topics())


# ------------------------------------------------------------------------------------------------------- the corpus


@pytest.mark.skipif(not (CORPUS / "gold").is_dir(), reason="the corpus is not beside the repository")
def test_the_shipped_rules_agree_with_the_labels_of_the_corpus(topics: Topics) -> None:
    right = extra = missing = 0
    for file in sorted((CORPUS / "gold").glob("*.json")):
        gold = json.loads(file.read_text(encoding="utf-8"))
        document = (CORPUS / "seeds" / Path(gold["document"]).name).read_text(encoding="utf-8")
        for entry in gold["entries"]:
            if entry.get("topics") is None or not (text := cut(document, entry)):
                continue
            want = set(entry["topics"])
            have = slugs(topics, text, entry.get("title")) - (set(entry.get("topics_also_acceptable") or []) - want)
            right, extra, missing = right + len(want & have), extra + len(have - want), missing + len(want - have)
    assert right > 100
    assert 2 * right / (2 * right + extra + missing) >= 0.8


def cut(document: str, entry: dict[str, str]) -> str:
    """The text of an entry, from its first to its last words, white space aside; empty where they are not found."""
    offsets = [at for at, character in enumerate(document) if not character.isspace()]
    solid = "".join(document[at] for at in offsets)
    title, first, last = ("".join((entry.get(key) or "").split()) for key in ("title", "starts_with", "ends_with"))
    start = solid.find(first or title, max(0, solid.rfind(title) if title else 0))
    end = solid.find(last, start)
    return document[offsets[start] : offsets[end + len(last) - 1] + 1] if start >= 0 and end >= 0 and last else ""
