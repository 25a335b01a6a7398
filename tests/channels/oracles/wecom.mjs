// Answers each line of JSON on standard input with what @wecom/crypto makes of it.
import { createInterface } from "node:readline";
import { decrypt, encrypt, getSignature } from "@wecom/crypto";

const calls = {
  decrypt: ({ key, text }) => {
    const { message, id } = decrypt(key, text);
    return { message, id };
  },
  encrypt: ({ key, text, id }) => encrypt(key, text, id),
  signature: ({ parts }) => getSignature(...parts),
};

for await (const line of createInterface({ input: process.stdin })) {
  const call = JSON.parse(line);
  console.log(JSON.stringify(calls[call.do](call)));
}
