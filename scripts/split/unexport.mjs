// Takes exports out of a module that wasm-bindgen wrote, so that wasm-opt drops what only they reach: unexport.mjs <module.wasm>
// leptos brings the streams of server functions along; nothing here makes one, so their scripts' classes are never entered.
import { readFileSync, writeFileSync } from 'node:fs';

const UNUSED = /^(__wbg_)?intounderlying(source|bytesource|sink)/;
const EXPORTS = 7;

const file = process.argv[2];
const bytes = readFileSync(file);

/** The unsigned LEB128 number at a place, and the place after it. */
function number(at) {
  for (let value = 0, shift = 0; ; shift += 7) {
    const byte = bytes[at++];
    value += (byte & 0x7f) * 2 ** shift;
    if (byte < 0x80) return [value, at];
  }
}

function leb128(value) {
  const out = [];
  do {
    out.push((value % 128) + (value >= 128 ? 128 : 0));
    value = Math.floor(value / 128);
  } while (value > 0);
  return Buffer.from(out);
}

/** The content of the section of exports without the unused ones. */
function used(start) {
  const [count, first] = number(start);
  const kept = [];
  for (let at = first, i = 0; i < count; i += 1) {
    const [length, name] = number(at);
    const [, end] = number(name + length + 1);
    if (!UNUSED.test(bytes.toString('utf8', name, name + length))) kept.push(bytes.subarray(at, end));
    at = end;
  }
  return Buffer.concat([leb128(kept.length), ...kept]);
}

const sections = [bytes.subarray(0, 8)];
for (let at = 8; at < bytes.length; ) {
  const [size, start] = number(at + 1);
  const content = bytes[at] === EXPORTS ? used(start) : bytes.subarray(start, start + size);
  sections.push(bytes.subarray(at, at + 1), leb128(content.length), content);
  at = start + size;
}
writeFileSync(file, Buffer.concat(sections));
