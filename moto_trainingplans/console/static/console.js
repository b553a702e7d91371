// What pages cannot do without a script: copying a text, showing which page of many one is on, and
// saying that the server does not answer, or not with a page.
"use strict";

function offerCopies(root) {
  if (!navigator.clipboard) return;
  root.querySelectorAll("button.copy[hidden]").forEach((button) => {
    button.hidden = false;
  });
}

document.addEventListener("click", (event) => {
  const button = event.target.closest("button.copy");
  if (!button) return;
  const text = button.closest("figure").querySelector("code").textContent;
  navigator.clipboard.writeText(text).then(
    () => { button.textContent = "Copied"; },
    () => { button.textContent = "Not allowed"; },
  );
});

function warn(message) {
  const page = document.getElementById("page");
  const told = page.querySelector("#unreachable");
  if (told && told.textContent === message) return;
  if (told) told.remove();
  const note = document.createElement("p");
  note.id = "unreachable";
  note.className = "note error";
  note.setAttribute("role", "alert");
  note.textContent = message;
  page.prepend(note);
  note.scrollIntoView({ block: "nearest" });
}

document.addEventListener("htmx:sendError", () => {
  warn("The server does not answer: it may have been stopped.");
});

// What the server refuses before the console is reached is no page: it must not replace one.
document.addEventListener("htmx:beforeSwap", (event) => {
  const answer = event.detail.xhr;
  const kind = answer.getResponseHeader("Content-Type") || "";
  if (answer.status < 400 || kind.startsWith("text/html")) return;
  event.detail.shouldSwap = false;
  let message = answer.responseText;
  try { message = JSON.parse(message).message || message; } catch { /* It is shown as it is. */ }
  warn(message);
});

document.addEventListener("DOMContentLoaded", () => {
  offerCopies(document);
  // On a phone the navigation is one line, which may begin with other pages.
  const current = document.querySelector(".side [aria-current]");
  if (current) current.scrollIntoView({ block: "nearest", inline: "center" });
});
document.addEventListener("htmx:afterSettle", () => offerCopies(document));
