"""核验本目录中的案卷材料。用法：python3 verify.py（只需 Python 3.8 以上，不需要安装任何东西）。

This program only reads. It proves, with nothing but SHA-256 and HMAC, that

1. every file is the one that manifest.json names, and there is no other;
2. chain.jsonl is unbroken: the link of an entry is sha256(link before + digest of the entry);
3. every fact of the case, and every act upon its data, has the digest that the chain has for it;
4. what was said in confidence is what the fact committed to: HMAC-SHA256(salt, words);
5. papers and attachments are the bytes that the facts name; what is missing without an act that
   erased it was left out;
6. the ends of the chain that were noted elsewhere (anchors.jsonl) are links of this chain.

Canonical bytes are JSON with sorted keys, without spaces, in UTF-8.
"""

# ruff: noqa: UP006, UP035 - runs on Python 3.8; read from top to bottom
import hashlib
import hmac
import json
import sys
from pathlib import Path
from typing import Any, Dict, List

HERE = Path(__file__).resolve().parent
FORMAT = "gongkai-export-1"
ALGORITHM = "gongkai-chain-1/sha256"
GENESIS = "0" * 64

faults: List[str] = []


def say(text: str) -> None:
    """Print a line, on whatever terminal."""
    sys.stdout.buffer.write((text + "\n").encode("utf-8"))


def fault(place: str, text: str) -> None:
    """Note something that is not as it should be."""
    faults.append(place + "：" + text)


def canonical(value: object) -> bytes:
    """Return the one byte string that stands for a value."""
    text = json.dumps(value, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    return text.encode("utf-8")


def sha256(data: bytes) -> str:
    """Return the digest of bytes."""
    return hashlib.sha256(data).hexdigest()


def digest_of_file(name: str) -> str:
    """Return the digest of a file, read piece by piece; empty where it is missing."""
    seen = hashlib.sha256()
    try:
        with (HERE / name).open("rb") as file:
            for piece in iter(lambda: file.read(1 << 20), b""):
                seen.update(piece)
    except OSError:
        return ""
    return seen.hexdigest()


def lines_of(name: str) -> List[Any]:
    """Return the entries of a file of JSON lines; a line that is none is a fault."""
    found = []
    try:
        with (HERE / name).open("rb") as file:
            for number, line in enumerate(file, start=1):
                try:
                    found.append(json.loads(line.decode("utf-8")))
                except ValueError:
                    fault(f"{name} 第{number}行", "不是有效的 JSON")
                    found.append({})
    except OSError:
        fault(name, "文件缺失")
    return found


def check_files() -> Dict[str, Any]:
    """1. Every file is the one that manifest.json names."""
    data = (HERE / "manifest.json").read_bytes()
    manifest: Dict[str, Any] = json.loads(data.decode("utf-8"))
    if canonical(manifest) + b"\n" != data:
        fault("manifest.json", "写法被改动过")
    if manifest["format"] != FORMAT or manifest["algorithm"] != ALGORITHM:
        fault("manifest.json", "格式或者算法的名称不对")
    there = {path.relative_to(HERE).as_posix() for path in HERE.rglob("*") if not path.is_dir()}
    for name in sorted(there - set(manifest["files"]) - {"manifest.json"}):
        fault(name, "清单（manifest.json）里没有这个文件")
    for name, wanted in sorted(manifest["files"].items()):
        if digest_of_file(name) != wanted:
            fault(
                name, "文件缺失" if name not in there else "内容与清单（manifest.json）的摘要不符"
            )
    say(f"1. 清单：{len(manifest['files'])}个文件")
    return manifest


def check_chain(manifest: Dict[str, Any]) -> Dict[Any, str]:
    """2. The chain is unbroken from the entry before the case to its end."""
    entries = lines_of("chain.jsonl")
    chain = {}
    seq, link = entries[0]["seq"], entries[0]["hash"]
    if seq == 0 and link != GENESIS:
        fault("chain.jsonl 第1行", "链的起点不对")
    links = {seq: link}
    for number, entry in enumerate(entries[1:], start=2):
        place = f"chain.jsonl 第{number}行"
        digest = entry.get("digest", "")
        seq += 1
        if entry.get("seq") != seq:
            fault(place, f"序号应为{seq}")
        if entry.get("hash") != sha256((link + digest).encode("ascii", "replace")):
            fault(place, f"第{seq}项与前一项连接不上")
        link = entry.get("hash", "")
        chain[seq], links[seq] = digest, link
    if manifest["head"] != {"seq": seq, "hash": link}:
        fault("manifest.json", "链尾与 chain.jsonl 最后一行不符")
    say(f"2. 链：从第{entries[0]['seq']}项到第{seq}项，链尾 {link}")
    manifest["links"] = links
    return chain


def check_entries(
    name: str, what: str, manifest: Dict[str, Any], chain: Dict[Any, str]
) -> List[Any]:
    """3. and 4. Each fact or act has the digest of the chain, and says what it committed to."""
    found, before = [], 0
    for number, line in enumerate(lines_of(name), start=1):
        place = f"{name} 第{number}行"
        entry = line.get("entry")
        if not isinstance(entry, dict):
            fault(place, "没有 entry")
            continue
        if chain.get(entry.get("seq")) != sha256(canonical(entry)):
            fault(place, "内容与链上的摘要不符")
        own = (entry.get("what"), entry.get("agency"), entry.get("case_number"))
        if own != (what, manifest["agency"], manifest["case"]):
            fault(place, "不属于本案")
        if not isinstance(entry.get("seq"), int) or entry["seq"] <= before:
            fault(place, "次序不对")
        before = entry.get("seq") or 0
        if what == "fact":
            check_fact(place, number, entry, line, manifest["erased"])
        found.append(entry)
    return found


def check_fact(
    place: str, number: int, entry: Dict[str, Any], line: Dict[str, Any], erased: object
) -> None:
    """4. The confidential part is the one that the fact committed to."""
    if entry.get("n") != number:
        fault(place, f"编号应为{number}")
    committed, salt, words = entry.get("commitment"), line.get("salt"), line.get("personal")
    if committed is None or words is None:
        if words is not None:
            fault(place, "多出了个人信息部分")
        elif committed is not None and not erased:
            fault(place, "缺少个人信息部分，而本案没有注销的记录")
        return
    try:
        proof = hmac.new(
            bytes.fromhex(str(salt)), words.encode("utf-8"), hashlib.sha256
        ).hexdigest()
    except (TypeError, ValueError, AttributeError):
        proof = ""
    if proof != committed:
        fault(place, "个人信息部分与承诺值不符")


def read_list(name: str) -> List[Any]:
    """Return a file that is one JSON list."""
    try:
        with (HERE / name).open("rb") as file:
            found = json.loads(file.read().decode("utf-8"))
    except (OSError, ValueError):
        fault(name, "文件缺失或者不是有效的 JSON")
        return []
    return found if isinstance(found, list) else []


def check_bytes(file: str, wanted: str, place: str, erased: object) -> int:
    """5. A file is there with its bytes, unless it was erased; return how many are missing."""
    if not file:
        if not erased:
            fault(place, "缺少原文，而本案没有注销的记录")
        return 1
    if digest_of_file(file) != wanted:
        fault(file, "内容与登记的摘要不符")
    return 0


def check_papers(facts: List[Any], erased: object) -> None:
    """5. Every paper that a fact issued is there, with its bytes."""
    named, without = {}, 0
    for fact in facts:
        for nth, said in enumerate(json.loads(fact["public"]).get("papers", ()), start=1):
            named[fact["n"], nth] = said
    listed = read_list("papers.json")
    for number, paper in enumerate(listed, start=1):
        place, row = f"papers.json 第{number}份", paper.get("row", {})
        said = named.pop((row.get("fact"), row.get("place")), None)
        if said is None:
            fault(place, "没有事实记载作出过这份文书")
            continue
        if sha256(canonical(row)) != said.get("row") or row.get("sha256") != said.get("sha256"):
            fault(place, "文书的登记与事实的记载不符")
        for file, wanted in ((paper.get("docx"), "sha256"), (paper.get("text"), "text_sha256")):
            without += check_bytes(file, row.get(wanted), place, erased)
    for step, nth in sorted(named):
        fault("papers.json", f"缺少第{step}步的第{nth}份文书")
    say(f"5. 文书：{len(listed)}份，没有内容的文件{without}个")


def check_attachments(facts: List[Any], erased: object) -> None:
    """5. Every attachment that a fact names is there, with its bytes."""
    named, without = {}, 0
    for fact in facts:
        said = json.loads(fact["public"]).get("command", {})
        if said.get("do") == "attach" and said.get("sha256"):
            named[fact["n"]] = said["sha256"]
    listed = read_list("attachments.json")
    for number, one in enumerate(listed, start=1):
        place, file = f"attachments.json 第{number}个", one.get("file")
        wanted = named.pop(one.get("fact"), None)
        if wanted is None or wanted != one.get("sha256"):
            fault(place, "与事实的记载不符")
        else:
            without += check_bytes(file, wanted, place, erased)
    for fact in sorted(named):
        fault("attachments.json", f"缺少第{fact}步的附件")
    say(f"   附件：{len(listed)}个，没有内容的{without}个")


def check_anchors(manifest: Dict[str, Any]) -> None:
    """6. What was noted elsewhere is a link of this chain."""
    if "anchors.jsonl" not in manifest["files"]:
        say("6. 锚点：没有")
        return
    anchors = lines_of("anchors.jsonl")
    for number, anchor in enumerate(anchors, start=1):
        place, seq = f"anchors.jsonl 第{number}行", anchor.get("seq")
        if anchor.get("agency") != manifest["agency"] or seq not in manifest["links"]:
            fault(place, "锚点不在这条链上")
        elif manifest["links"][seq] != anchor.get("hash"):
            fault(place, f"锚点与链的第{seq}项不符：此前的内容在{anchor.get('on')}之后被改写过")
    say(f"6. 锚点：{len(anchors)}个")


def main() -> int:
    """Check everything and say what was found."""
    try:
        manifest = check_files()
        chain = check_chain(manifest)
        acts = check_entries("acts.jsonl", "act", manifest, chain)
        manifest["erased"] = erased = any(act.get("kind") == "erased" for act in acts)
        facts = check_entries("facts.jsonl", "fact", manifest, chain)
        if len(facts) != manifest["version"]:
            fault("facts.jsonl", f"应有{manifest['version']}步")
        plain = sum(1 for line in lines_of("facts.jsonl") if "personal" in line)
        say(f"3. 本案 {manifest['case']}：事实{len(facts)}步，数据处理记录{len(acts)}条")
        say(f"4. 个人信息：{plain}步有明文并核对了承诺值，{len(facts) - plain}步没有或者已删除")
        check_papers(facts, erased)
        check_attachments(facts, erased)
        check_anchors(manifest)
    except (OSError, ValueError, KeyError, IndexError, TypeError, AttributeError) as error:
        fault("结构", f"读不下去（{type(error).__name__}：{error}）")
    for one in faults:
        say("不符：" + one)
    say("结论：" + ("有不符之处，材料不完整或者被改动过。" if faults else "全部相符。"))
    return 1 if faults else 0


if __name__ == "__main__":
    sys.exit(main())
