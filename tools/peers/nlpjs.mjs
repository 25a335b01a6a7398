// node nlpjs.mjs given.json answer.json: NLP.js with its Chinese, trained and asked like the others.
import { readFileSync, writeFileSync } from 'node:fs';
import { performance } from 'node:perf_hooks';
import { containerBootstrap } from '@nlpjs/core';
import { Nlp } from '@nlpjs/nlp';
import { LangZh } from '@nlpjs/lang-zh';

const [given, answer] = process.argv.slice(2);
const { train, texts } = JSON.parse(readFileSync(given, 'utf8'));
const container = await containerBootstrap();
container.use(Nlp);
container.use(LangZh);
const nlp = container.get('nlp');
nlp.settings.autoSave = false;
nlp.settings.log = false;
nlp.addLanguage('zh');
for (const [text, intent] of train) nlp.addDocument('zh', text, intent);
const started = performance.now();
await nlp.train();
const trained = performance.now();
const intents = [];
for (const text of texts) {
  const { intent } = await nlp.process('zh', text);
  intents.push(intent === 'None' ? 'out_of_scope' : intent);
}
const asked = performance.now();
writeFileSync(
  answer,
  JSON.stringify({
    intents,
    train_seconds: (trained - started) / 1000,
    text_ms: (asked - trained) / Math.max(texts.length, 1),
  }),
);
