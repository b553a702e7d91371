// What pages cannot do without a script: copying a text, showing which page of many one is on, and
// saying that the server does not answer.
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

document.addEventListener("htmx:sendError", () => {
  const page = document.getElementById("page");
  if (page.querySelector("#unreachable")) return;
  const note = document.createElement("p");
  note.id = "unreachable";
  note.className = "note error";
  note.setAttribute("role", "alert");
  note.textContent = "The server does not answer: it may have been stopped.";
  page.prepend(note);
});

document.addEventListener("DOMContentLoaded", () => {
  offerCopies(document);
  // On a phone the navigation is one line, which may begin with other pages.
  const current = document.querySelector(".side [aria-current]");
  if (current) current.scrollIntoView({ block: "nearest", inline: "center" });
});
document.addEventListener("htmx:afterSettle", () => offerCopies(document));
