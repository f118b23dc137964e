import { expect, test } from "vitest";
import { parseTask } from "./parse-task.ts";

test.each([
  ["count to 300 by calling the tool each time", { type: "count", to: 300 }],
  ["Please count from 1 to 5 with Bash", { type: "count", to: 5 }],
  ["call 3 tools in parallel", { type: "parallel", calls: 3 }],
  ["Call three tools at once", { type: "parallel", calls: 3 }],
  ["think about prime numbers", { type: "think", about: "prime numbers" }],
  ["answer with JSON", { type: "json" }],
])("%s", (prompt, task) => {
  expect(parseTask(prompt)).toEqual(task);
});

test.each([
  ["create hello.txt", [{ type: "write", file: "hello.txt", content: "Hello from the mock upstream.\n" }]],
  ["create hello.txt containing hello world", [{ type: "write", file: "hello.txt", content: "hello world" }]],
  ['"create hello.txt"', [{ type: "write", file: "hello.txt", content: "Hello from the mock upstream.\n" }]],
  ['"create hello.txt containing hi there"', [{ type: "write", file: "hello.txt", content: "hi there" }]],
  [
    "Please create a file called src/a.ts with the content: 'x = 1'",
    [{ type: "write", file: "src/a.ts", content: "x = 1" }],
  ],
  ["write hello to notes.md", [{ type: "write", file: "notes.md", content: "hello" }]],
  ["run ls -la", [{ type: "shell", command: "ls -la" }]],
  ["run the command `echo hi`", [{ type: "shell", command: "echo hi" }]],
  ["read package.json", [{ type: "read", file: "package.json" }]],
  ["list files", [{ type: "list" }]],
  ["call get_weather", [{ type: "call", tool: "get_weather" }]],
  ['use the tool spawn with {"task":"x"}', [{ type: "call", tool: "spawn", input: { task: "x" } }]],
  ["search the web for blue whales", [{ type: "search", query: "blue whales" }]],
  ["Perform a web search for the query: blue whales", [{ type: "search", query: "blue whales" }]],
  [
    "create a.txt containing A, then run cat a.txt and then read a.txt",
    [
      { type: "write", file: "a.txt", content: "A" },
      { type: "shell", command: "cat a.txt" },
      { type: "read", file: "a.txt" },
    ],
  ],
])("%s", (prompt, actions) => {
  expect(parseTask(prompt)).toEqual({ type: "actions", actions });
});

test.each(["hello", "what does hello.txt say?", "create a poem", "The user may run commands.", "call me later", ""])(
  "not a task: %s",
  (prompt) => {
    expect(parseTask(prompt)).toBeUndefined();
  },
);
