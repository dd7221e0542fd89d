// What could come next in a query that is being typed: a field, a comparison, a value, or "and".

const TOKEN = /\s+|"(?:[^"\\]|\\.)*"?|'(?:[^'\\]|\\.)*'?|[(),]|[=<>!]+|[^\s(),"=<>!]+/gs;
const SIGNS = ["=", "!=", "<", "<=", ">", ">="];
const isQuoted = (word) => /^["']/.test(word);
const isClosed = (word) => word.length > 1 && word.endsWith(word[0]) && !word.endsWith(`\\${word[0]}`);
const bare = (word) => (isQuoted(word) ? word.slice(1, isClosed(word) ? -1 : undefined) : word).replace(/\\(.)/g, "$1");

/** The words of a text before the caret, and the one the caret is in or behind. */
function wordsBefore(text, caret) {
  const words = [];
  for (const found of text.slice(0, caret).matchAll(TOKEN)) {
    if (/\S/.test(found[0])) words.push({ word: found[0], at: found.index });
  }
  const last = words.at(-1);
  const touches = last && last.at + last.word.length === caret && !/^[(),]$/.test(last.word);
  const open = touches && !(isQuoted(last.word) && isClosed(last.word));
  return { words: open ? words.slice(0, -1) : words, current: open ? last : { word: "", at: caret } };
}

/**
 * Where one is in the sentence: what is expected ("subject", "operator", "value", "joint", "list", "link"…), of which
 * field and linked thing.
 */
function standing(words) {
  const scopes = []; // for each open bracket: the linked thing whose fields count inside, "" for none
  let state = { expects: "subject" };
  const scope = () => scopes.at(-1) ?? "";
  const go = (expects, more = {}) => (state = { ...(expects === "subject" ? {} : state), expects, ...more });
  const next = {
    subject(word) {
      if (word === "(") return scopes.push(scope());
      if (word === ")") return close();
      if (word === "not") return go("subject", { negated: true });
      if (word === "in" && !scope()) return go("segment");
      if (word === "has" && !scope()) return go("link");
      go("operator", { field: word });
    },
    operator(word) {
      if (word === "(") return go("argument", { function: state.field });
      if (SIGNS.includes(word) || word === "contains") return go("value", { many: false });
      if (word === "starts" || word === "ends") return go("with");
      if (word === "between") return go("value", { between: true });
      if (word === "in") return go("list");
      if (word === "is") return go("emptiness");
      if (word === "not") return go("negation");
      go("nothing");
    },
    argument: (word) => (word === ")" ? go("operator") : go("argument", { field: word })),
    with: () => go("value"),
    negation: (word) => (word === "in" ? go("list") : go("value")),
    emptiness: (word) => (word === "not" ? go("emptiness") : go("joint")),
    list: (word) => (word === "(" ? go("value", { many: true }) : go("nothing")),
    segment: () => go("value", { field: "segment" }),
    value: () => (state.many ? go("more") : state.between ? go("to") : go("joint")),
    more: (word) => (word === "," ? go("value") : go("joint", { many: false })),
    to: () => go("value", { between: false }),
    link(word) {
      if (SIGNS.includes(word) || /^\d+$/.test(word) || word === "no") return;
      go("part", { link: word });
    },
    part(word) {
      if (word !== "(") return joint(word);
      scopes.push(state.link);
      go("subject");
    },
    joint,
    nothing: joint,
  };
  function close() {
    scopes.pop();
    go("joint");
  }
  function joint(word) {
    if (word === ")") return close();
    if (word === "and" || word === "or") go("subject");
  }
  for (const { word } of words) next[state.expects](isQuoted(word) ? word : word.toLowerCase());
  return { ...state, scope: scope(), open: scopes.length > 0 };
}

/** A value as it is typed: in quotes when it holds more than letters and digits. */
export const quoteValue = (value) =>
  value && !/[\s(),"=<>!\\]/.test(value) && !/^(and|or|not|in|is|empty|between|contains|starts|ends|with|has|no|segment)$/i.test(value) && !/^['“]/.test(value)
    ? value
    : `"${value.replaceAll("\\", "\\\\").replaceAll('"', '\\"')}"`;

const keyword = (word, detail = "") => ({ value: word, label: word, detail, insert: `${word} ` });

/** What could stand at the caret: items to choose from (or a promise of them), and which part of the text they replace. */
export function completionAt(text, caret, catalogue, suggest) {
  const { words, current } = wordsBefore(text, caret);
  const { words: said } = catalogue;
  const state = standing(words);
  const link = catalogue.links.find((one) => one.name === state.scope);
  const fields = link ? link.fields : catalogue.fields;
  const field = fields.find((one) => one.name === state.field || one.synonyms?.includes(state.field));
  const typed = bare(current.word);
  const answer = (items, more = {}) => ({ from: current.at, to: caret, typed, items, ...more });
  const subjects = () => {
    const listed = fields.flatMap((one) => [
      { value: one.name, label: one.name, detail: one.label, icon: one.icon, insert: `${one.name} ` },
      ...one.functions.map((use) => {
        const whole = `${use.name}(${one.name})`;
        return { value: whole, label: whole, detail: use.label, icon: one.icon, insert: `${whole} ` };
      }),
    ]);
    const known = fields.some((one) => one.name === "segment") && !link;
    const starts = [...(known ? [keyword("in segment")] : []), keyword("not")];
    if (!link && catalogue.links.length) starts.push(keyword("has"));
    return [...listed, ...starts];
  };
  const links = () => {
    const listed = catalogue.links.map((one) => ({ ...keyword(one.name, one.label), icon: "link" }));
    const bareLink = words.at(-1)?.word.toLowerCase() === "has";
    return bareLink ? [...listed, keyword("no"), keyword(">= 2")] : listed;
  };
  const values = () => {
    const asItem = ({ value, label }) => ({ value, label, detail: value === label ? "" : value, insert: quoteValue(value) });
    if (field?.choices) return field.choices.map(asItem);
    if (field?.kind === "boolean") return [keyword("yes"), keyword("no")];
    if (["date", "datetime"].includes(field?.kind)) return Object.entries({ ...said.day_values, ...said.named_days }).map(([value, label]) => keyword(value, label));
    return field?.suggests ? suggest(field.name, typed, state.scope).then((items) => items.map(asItem)) : [];
  };
  switch (state.expects) {
    case "subject":
      return answer(subjects());
    case "argument":
      return answer(fields.filter((one) => one.functions.length).map((one) => ({ ...keyword(one.name, one.label), insert: `${one.name}) ` })));
    case "operator": {
      const use = state.function ? field?.functions.find((one) => one.name === state.function) : field;
      const listed = (use?.operators ?? []).map((one) => keyword(one.name, one.label));
      return answer(listed.map((one) => (/in$/.test(one.value) ? { ...one, insert: `${one.value} (` } : one)));
    }
    case "with":
      return answer([keyword("with")]);
    case "emptiness":
      return answer([keyword("empty"), keyword("not empty")]);
    case "negation":
      return answer([{ ...keyword("in"), insert: "in (" }, keyword("contains")]);
    case "segment":
      return answer([keyword("segment")]);
    case "value":
      return answer(values(), { ends: state.many ? "" : " " });
    case "to":
      return answer([keyword("and")]);
    case "link":
      return answer(links());
    case "joint":
    case "part":
    case "more": {
      const joints = state.expects === "more" ? [] : [keyword("and"), keyword("or")];
      if (state.expects === "part") joints.unshift({ ...keyword("("), detail: said.with_conditions, insert: "(" });
      return answer(current.word ? joints : []);
    }
    default:
      return answer([]);
  }
}
