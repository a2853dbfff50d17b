/** Fills the list of services from the gateway's own report, and keeps it current. */
const POLL_MS = 5_000;
const list = document.querySelector("#status");

function lineOf(name, state) {
  const line = document.createElement("li");
  const value = document.createElement("span");
  value.className = state === "up" ? "up" : "down";
  value.textContent = state;
  line.append(name, value);
  return line;
}

async function show() {
  try {
    const answer = await fetch("/ready");
    const { services } = await answer.json();
    list.replaceChildren(...Object.entries(services).map(([name, state]) => lineOf(name, state)));
  } catch {
    list.replaceChildren(lineOf("gateway", "not reachable"));
  }
}

show();
setInterval(show, POLL_MS);
