import type { CallForm, Dialect } from "../dialect.ts";
import { jsonForm } from "../json-form.ts";
import { parameterForm } from "../parameter-form.ts";

const open = "<|open|>";
const sep = "<|sep|>";
const close = "<|close|>";

const typedArguments = parameterForm({
  end: `${close}call${sep}`,
  open: /(?:<\|open\|>)?argument key="(?<name>[^"]*)"(?: type="(?<type>\w+)")?<\|sep\|>/,
  // Leaks have been seen to lose brackets.
  close: [`${close}argument${sep}`, `argument${sep}`],
  escapedNames: true,
});

const rawOpen = /^\s*<\|open\|>json(?: type="object")?<\|sep\|>/;
const rawClose = `${close}json${sep}`;

const words = ["tools", "toolscall", "call"];

/** Its own encoder writes one argument after the other, or all of them as JSON where it could not read them. */
const callForm: CallForm = {
  end: typedArguments.end,
  isWhole: (body) => (rawOpen.test(body) ? body.trimEnd().endsWith(rawClose) : typedArguments.isWhole(body)),
  read(body, schema, isWhole) {
    const raw = rawOpen.exec(body);
    if (raw === null) return typedArguments.read(body, schema, isWhole);
    const text = body.slice(raw[0].length).trim();
    return text.endsWith(rawClose) ? text.slice(0, -rawClose.length) : text;
  },
};

const bareJson = jsonForm(close);

/** Kimi K3 (`encoding_k3.py` of the model); leaks with brackets missing at some hosts (can1357/oh-my-pi#8495). */
export const kimiK3: Dialect = {
  name: "kimi-k3",
  openers: [open],
  readHead(cursor) {
    cursor.literal(open);
    const from = cursor.at;
    const word = cursor.take(/[\w.-]/);
    if (!cursor.ok && words.some((one) => one.startsWith(word))) return undefined;
    if (word === "tools") {
      cursor.literal(sep);
      cursor.space();
      cursor.literal(open);
    } else if (word !== "call" && word !== "toolscall") {
      // Without any of the words: a name and its arguments as JSON.
      cursor.nameAt = from;
      cursor.literal(sep);
      cursor.space();
      if (cursor.ok && cursor.text[cursor.at] !== "{") cursor.failure = "no";
      return cursor.ok ? { name: word, form: bareJson } : undefined;
    }
    if (word === "tools") cursor.literal("call");
    cursor.literal(' tool="');
    const name = cursor.takeName(/[^"<]/);
    cursor.literal('"');
    if (cursor.optional(' index="') !== undefined) {
      cursor.take(/\d/);
      cursor.literal('"');
    }
    cursor.literal(sep);
    return cursor.ok ? { name: name.replaceAll("&quot;", '"').replaceAll("&amp;", "&"), form: callForm } : undefined;
  },
  trailers: [
    `${close}toolsmessage${sep}`,
    `${close}toolstoolsmessage${sep}`,
    `${close}tools${sep}`,
    `${close}message${sep}`,
    `toolsmessage${sep}`,
    "<|end_of_msg|>",
  ],
};
