// Send a folder of photographs one after the other, and say of each what became of it. Nothing is kept in the browser.

const form = document.querySelector("[data-photographs]");
const drop = form.querySelector("[data-drop]");
const status = form.querySelector("[data-status]");
const result = document.querySelector("[data-result]");
const lines = result.querySelector("[data-lines]");
const inputs = [...form.querySelectorAll("input[type=file]")];
let busy = false;

for (const each of form.querySelectorAll("[data-folder]")) each.hidden = false;

form.addEventListener("submit", (event) => {
  event.preventDefault();
  send(inputs.flatMap((input) => [...input.files].map((file) => [file.webkitRelativePath || file.name, file])));
});
for (const kind of ["dragover", "dragenter"]) drop.addEventListener(kind, (event) => event.preventDefault());
drop.addEventListener("drop", async (event) => {
  event.preventDefault();
  const entries = [...event.dataTransfer.items].map((item) => item.webkitGetAsEntry?.()).filter(Boolean);
  send((await Promise.all(entries.map(walk))).flat());
});

async function walk(entry) {
  const path = entry.fullPath.replace(/^\//, "");
  if (entry.isFile) return [[path, await new Promise((done, failed) => entry.file(done, failed))]];
  const reader = entry.createReader();
  const found = [];
  for (;;) {
    // A reader gives a hundred at a time.
    const some = await new Promise((done, failed) => reader.readEntries(done, failed));
    if (!some.length) return found.flat();
    for (const each of some) found.push(await walk(each));
  }
}

async function send(files) {
  if (busy || !files.length) return;
  busy = true;
  result.hidden = false;
  for (const [place, [name, file]] of files.entries()) {
    status.textContent = form.dataset.progress.replace("{done}", place).replace("{total}", files.length);
    for (const line of await one(name, file)) show(line);
  }
  status.textContent = form.dataset.progress.replace("{done}", files.length).replace("{total}", files.length);
  for (const input of inputs) input.value = "";
  busy = false;
}

async function one(name, file) {
  const failed = [{ name, student: "", outcome: "refused", said: "", text: form.dataset.failed }];
  try {
    const answer = await fetch(`/office/photographs/one?${new URLSearchParams({ name })}`, {
      method: "POST",
      body: file,
      headers: { "Content-Type": "application/octet-stream" },
    });
    if (answer.ok) return (await answer.json()).lines;
    return answer.status === 413 ? [{ ...failed[0], text: answer.statusText || "413" }] : failed;
  } catch {
    return failed;
  }
}

function show(line) {
  const row = document.createElement("tr");
  for (const text of [line.name, line.student, line.said, line.text]) {
    const cell = document.createElement("td");
    cell.textContent = text;
    row.append(cell);
  }
  lines.append(row);
  const count = result.querySelector(`[data-count=${line.outcome}]`);
  count.textContent = Number(count.textContent) + 1;
}
