"use strict";
// Tables are sorted by a heading: numbers, then NaN, then text, then what is missing, whichever the direction.
const names = new Intl.Collator(undefined, { numeric: true });

function keyOf(cell) {
  if (cell.hasAttribute("data-lacks")) return { kind: 3 };
  const text = cell.getAttribute("data-number");
  if (text === null) return { kind: 2, text: cell.textContent };
  const number = Number(text);
  return Number.isNaN(number) ? { kind: 1 } : { kind: 0, number };
}

function compared(one, other, sign) {
  if (one.kind !== other.kind) return one.kind - other.kind;
  if (one.kind === 0) return sign * (one.number < other.number ? -1 : one.number > other.number ? 1 : 0);
  return one.kind === 2 ? sign * names.compare(one.text, other.text) : 0;
}

function sort(table, rows, heading, at) {
  const descending = heading.getAttribute("aria-sort") === "ascending";
  for (const each of table.tHead.rows[0].cells) each.setAttribute("aria-sort", "none");
  heading.setAttribute("aria-sort", descending ? "descending" : "ascending");
  const keyed = rows.map((row) => ({ row, key: keyOf(row.cells[at]) }));
  keyed.sort((one, other) => compared(one.key, other.key, descending ? -1 : 1));
  table.tBodies[0].append(...keyed.map((each) => each.row));
}

for (const table of document.querySelectorAll("table")) {
  const rows = [...table.tBodies[0].rows];
  if (rows.length < 2) continue;
  [...table.tHead.rows[0].cells].forEach((heading, at) => {
    const button = document.createElement("button");
    button.type = "button";
    button.append(...heading.childNodes);
    heading.append(button);
    heading.setAttribute("aria-sort", "none");
    button.addEventListener("click", () => sort(table, rows, heading, at));
  });
}
