// Find people by what a Korean keyboard sends: initial consonants, clusters of them, half a syllable.
// The same as texts/hangul.py on the server, and held to it by a test.

const FIRST = 0xac00;
const INITIALS = "ㄱㄲㄴㄷㄸㄹㅁㅂㅃㅅㅆㅇㅈㅉㅊㅋㅌㅍㅎ";
const VOWELS = "ㅏㅐㅑㅒㅓㅔㅕㅖㅗㅘㅙㅚㅛㅜㅝㅞㅟㅠㅡㅢㅣ";
const FINALS = ["", ..."ㄱㄲㄳㄴㄵㄶㄷㄹㄺㄻㄼㄽㄾㄿㅀㅁㅂㅄㅅㅆㅇㅈㅊㅋㅌㅍㅎ"];
const CLUSTERS = { ㄳ: "ㄱㅅ", ㄵ: "ㄴㅈ", ㄶ: "ㄴㅎ", ㄺ: "ㄹㄱ", ㄻ: "ㄹㅁ", ㄼ: "ㄹㅂ", ㄽ: "ㄹㅅ", ㄾ: "ㄹㅌ", ㄿ: "ㄹㅍ", ㅀ: "ㄹㅎ", ㅄ: "ㅂㅅ" };
const DOUBLES = { ㄲ: "ㄱㄱ", ㄸ: "ㄷㄷ", ㅃ: "ㅂㅂ", ㅆ: "ㅅㅅ", ㅉ: "ㅈㅈ" };
const GROWING = { ㅗ: "ㅘㅙㅚ", ㅜ: "ㅝㅞㅟ", ㅡ: "ㅢ" };
const PARTS = [[0x1100, [...INITIALS]], [0x1161, [...VOWELS]], [0x11a7, FINALS]];

/** Whether what is typed stands in the number or in the name, its initials and the syllable being composed too. */
export function matches(typed, number, name) {
  const digits = typed.normalize("NFKC").replace(/\s/g, "").toLowerCase();
  if (number.toLowerCase().includes(digits)) return true;
  const there = plain(name);
  return readings(plain(typed)).some((wanted) => there.some((_, start) => standsAt(wanted, there, start)));
}

/** Single letters of Hangul as a keyboard sends them, without white space and case. */
function plain(text) {
  const letters = [...text.normalize("NFC")].filter((each) => !/\s/.test(each)).map(letter);
  return [...letters.join("").toLowerCase()];
}

function letter(each) {
  if (each >= "\u3131" && each <= "\u318e") return each;
  const folded = each >= "\u1100" && each <= "\u11ff" ? each : each.normalize("NFKC");
  if ([...folded].length !== 1) return folded;
  for (const [first, letters] of PARTS) {
    const found = letters[folded.codePointAt(0) - first];
    if (found !== undefined) return found;
  }
  return folded;
}

/** What the keys may have meant: clusters are always two consonants, doubles are one or two. */
function readings(typed) {
  const spread = typed.flatMap((each) => [...(CLUSTERS[each] ?? each)]);
  const doubled = spread.flatMap((each) => [...(DOUBLES[each] ?? each)]);
  return doubled.length > spread.length ? [spread, doubled] : [spread];
}

function standsAt(wanted, name, start) {
  let place = start;
  for (const [index, typed] of wanted.entries()) {
    if (place >= name.length) return false;
    if (name[place] === typed || initial(name[place]) === typed) {
      place += 1;
      continue;
    }
    // A final consonant may be the next syllable's first, as long as no vowel has followed.
    const rest = wanted.slice(index + 1);
    return (!rest.length || INITIALS.includes(rest[0])) && isBeingComposed(typed, rest, name, place);
  }
  return true;
}

function isBeingComposed(typed, rest, name, place) {
  const [typing, there] = [syllable(typed), syllable(name[place])];
  if (!typing || !there || there.initial !== typing.initial) return false;
  if (!rest.length && growsInto(typing, there)) return true;
  const pair = CLUSTERS[typing.final];
  const [kept, moved] = pair ? [pair[0], pair[1]] : ["", typing.final];
  if (there.vowel !== typing.vowel || there.final !== kept || !moved) return false;
  return standsAt([moved, ...rest], name, place + 1);
}

function growsInto(typing, there) {
  if (!typing.final) return there.vowel === typing.vowel || (GROWING[typing.vowel] ?? "").includes(there.vowel);
  return there.vowel === typing.vowel && (CLUSTERS[there.final] ?? there.final)[0] === typing.final;
}

function initial(each) {
  return syllable(each)?.initial ?? each;
}

function syllable(each) {
  const place = each.codePointAt(0) - FIRST;
  if (place < 0 || place >= INITIALS.length * VOWELS.length * FINALS.length) return null;
  const rest = Math.floor(place / FINALS.length);
  return { initial: INITIALS[Math.floor(rest / VOWELS.length)], vowel: VOWELS[rest % VOWELS.length], final: FINALS[place % FINALS.length] };
}
