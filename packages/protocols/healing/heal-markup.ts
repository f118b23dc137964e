import type { ChatEvent, EmitEvent } from "../model/chat-event.ts";
import { maxHeld } from "../model/limits.ts";
import { BlockWriter } from "./block-writer.ts";
import { createCodeFences, type CodeFences } from "./code-fences.ts";
import type { CallHead, Dialect } from "./dialect.ts";
import { findMarkup } from "./find-markup.ts";
import type { KnownTool, KnownTools } from "./known-tools.ts";
import { countBlanks, lengthOfBegun } from "./markers.ts";
import { unwrapInput } from "../tools/show-custom-tool.ts";

export interface HealMarkupOptions {
  tools: KnownTools;
  newId(prefix: string): string;
  /** A call was made of leaked markup. @param dialect whose */
  onLeak(dialect: string): void;
}

type BlockOpening = Extract<ChatEvent, { type: "block-start" }>;
type BlockEnd = Extract<ChatEvent, { type: "block-stop" }>;

/** A call whose arguments are coming. */
interface OpenCall {
  dialect: Dialect;
  head: CallHead;
  tool: KnownTool;
  /** What has come of them, and its length. Joined only when an end is found: a file may be among them. */
  pieces: string[];
  length: number;
  /** The last characters, in which the end may have begun. */
  tail: string;
  /** Where the first end stood that did not count, and how many there were. */
  firstEnd: number;
  ends: number;
}

/** More ends than this within the values of one call are no accident: the first one counts. */
const maxEnds = 64;

/**
 * Stands between an upstream's decoder and everything else: makes tool calls of the markup that a host should have parsed
 * and let through as text or thought. Markup counts only if it calls a tool of the request, and not within Markdown's code;
 * all other text goes through as it came, held back no longer than it may be the beginning of such markup. What has been
 * cut anywhere gives the same calls. A call that breaks off keeps arguments that break off, for others to judge.
 */
export function healMarkup({ tools, newId, onLeak }: HealMarkupOptions, emit: EmitEvent): EmitEvent {
  const writer = new BlockWriter(emit);
  /** The upstream's open block of text or thought. */
  let prose: BlockOpening | undefined;
  /** It had markup, so that what is left of it may be nothing. */
  let isSplit = false;
  let fences: CodeFences | undefined;
  /** Text that may yet be markup, or blanks before the first word. */
  let held = "";
  let call: OpenCall | undefined;
  /** A call has just ended: blanks and what closes the markup around it are no text. */
  let after: Dialect | undefined;
  let anyCalls = false;

  function write(text: string, event?: Extract<ChatEvent, { type: "block-delta" }>): void {
    if (text === "" || prose === undefined) return;
    if (!writer.isOpen) writer.open(prose.block, prose);
    writer.text(text, event);
    (fences ??= createCodeFences()).feed(text);
  }

  function take(text: string, event: Extract<ChatEvent, { type: "block-delta" }>): void {
    // Nearly always: words.
    if (held === "" && call === undefined && after === undefined && !text.includes("<")) {
      if (writer.isOpen || /\S/.test(text)) write(text, event);
      else held = text;
      return;
    }
    let rest = held + text;
    held = "";
    while (rest !== "") {
      if (call !== undefined) rest = takeArguments(call, rest);
      else if (after !== undefined) rest = skipTrailers(after, rest);
      else rest = takeText(rest);
    }
  }

  /** @returns what is to be looked at anew; what is to wait is in `held` */
  function takeText(all: string): string {
    let text = all;
    let from = 0;
    for (;;) {
      const at = text.indexOf("<", from);
      if (at < 0) {
        // Blanks that precede nothing but markup would be a block of blanks.
        if (writer.isOpen || countBlanks(text) < text.length) write(text);
        else held = text;
        return "";
      }
      const finding = findMarkup(text, at, tools);
      from = at + 1;
      if (finding.type === "text") continue;
      const isBlank = !writer.isOpen && countBlanks(text) >= at;
      if (!isBlank) write(text.slice(0, at));
      if (fences?.inCode === true) {
        text = text.slice(at);
        from = 1;
        continue;
      }
      if (finding.type === "open") {
        held = isBlank ? text : text.slice(at);
        return "";
      }
      begin(finding.dialect, finding.head, finding.tool);
      return text.slice(at + finding.length);
    }
  }

  function begin(dialect: Dialect, head: CallHead, tool: KnownTool): void {
    isSplit = true;
    if (writer.isOpen) writer.close();
    call = { dialect, head, tool, pieces: [], length: 0, tail: "", firstEnd: -1, ends: 0 };
  }

  function takeArguments(open: OpenCall, text: string): string {
    const { end, isWhole } = open.head.form;
    const view = open.tail + text;
    const viewFrom = open.length - open.tail.length;
    open.pieces.push(text);
    open.length += text.length;
    open.tail = view.slice(1 - end.length);
    if (open.length > maxHeld) throw new RangeError("the upstream's tool call is too long to be read");
    for (let at = view.indexOf(end); at >= 0; at = view.indexOf(end, at + 1)) {
      const all = join(open);
      if (open.firstEnd < 0) open.firstEnd = viewFrom + at;
      open.ends += 1;
      if (isWhole(all.slice(0, viewFrom + at))) return finish(open, all, viewFrom + at);
      if (open.ends > maxEnds) return finish(open, all, open.firstEnd);
    }
    return "";
  }

  function finish(open: OpenCall, all: string, at: number): string {
    const { form } = open.head;
    tell(open.dialect, open.tool, form.read(all.slice(0, at), open.tool.schema, true));
    call = undefined;
    after = open.dialect;
    return all.slice(at + form.end.length);
  }

  function tell(dialect: Dialect, tool: KnownTool | string, text: string): void {
    anyCalls = true;
    onLeak(dialect.name);
    const id = newId("call_");
    if (typeof tool === "string") writer.open({ type: "tool-call", id, name: tool });
    else {
      const { name, namespace, custom, toolSearch } = tool;
      writer.open({
        type: "tool-call",
        id,
        name,
        ...(namespace === undefined ? {} : { namespace }),
        ...(custom ? { custom } : {}),
        ...(toolSearch ? { toolSearch } : {}),
      });
    }
    const written = typeof tool !== "string" && tool.custom ? unwrapInput(text) : text;
    if (written !== "") writer.text(written);
    writer.close();
  }

  function skipTrailers({ trailers }: Dialect, text: string): string {
    let at = countBlanks(text);
    for (;;) {
      const rest = text.slice(at);
      if (rest === "" || trailers.some((trailer) => trailer.length > rest.length && trailer.startsWith(rest))) {
        held = rest;
        return "";
      }
      const trailer = trailers.find((one) => rest.startsWith(one));
      if (trailer === undefined) {
        after = undefined;
        return rest;
      }
      at += trailer.length;
      at += countBlanks(text.slice(at));
    }
  }

  /** The block is over, and with it what was being waited for. */
  function endProse(event: BlockEnd): void {
    for (let rest = breakOff(); rest !== ""; rest = breakOff()) {
      take(rest, { type: "block-delta", index: -1, text: rest });
    }
    if (!isSplit && !writer.isOpen && prose !== undefined) writer.open(prose.block, prose);
    // A signature is one of the whole thought.
    if (writer.isOpen) writer.close(isSplit ? undefined : event);
    prose = undefined;
    held = "";
    after = undefined;
  }

  /** Ends what is unfinished. @returns text behind it that is to be looked at */
  function breakOff(): string {
    if (call !== undefined) {
      const open = call;
      const all = join(open);
      if (open.firstEnd >= 0) return finish(open, all, open.firstEnd);
      call = undefined;
      const { form } = open.head;
      const body = all.slice(0, all.length - lengthOfBegun(all, form.end));
      tell(open.dialect, open.tool, form.read(body, open.tool.schema, false));
      return "";
    }
    const text = held;
    held = "";
    if (after !== undefined) {
      after = undefined;
      return "";
    }
    const at = text.indexOf("<");
    const finding = at < 0 ? undefined : findMarkup(text, at, tools);
    if (finding?.type === "open" && finding.call !== undefined) {
      isSplit = true;
      if (writer.isOpen) writer.close();
      const { dialect, name } = finding.call;
      tell(dialect, tools.resolve(name) ?? name, "{");
    } else if (text !== "" && (!isSplit || countBlanks(text) < text.length)) write(text);
    return "";
  }

  return (event) => {
    switch (event.type) {
      case "block-delta":
        if (prose === undefined) writer.text(event.text, event);
        else take(event.text, event);
        return;
      case "block-start":
        if (event.block.type === "text" || (event.block.type === "reasoning" && event.block.redacted === undefined)) {
          prose = event;
          isSplit = false;
          fences = undefined;
        } else writer.open(event.block, event);
        return;
      case "block-stop":
        if (prose === undefined) writer.close(event);
        else endProse(event);
        return;
      case "finish":
        emit(anyCalls && event.reason === "stop" ? { ...event, reason: "tool-calls" } : event);
        return;
      default:
        emit(event);
    }
  };
}

function join(open: OpenCall): string {
  const all = open.pieces.join("");
  open.pieces = [all];
  return all;
}
