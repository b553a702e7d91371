// What is pressed before htmx knows of it, as on a page that is still loading, waits for htmx: a
// browser alone would send a form to its own page, which changes nothing and says so nowhere.
// It is read before the body is, so that nothing can be pressed without it.
"use strict";

(() => {
  const USES = {
    submit: "form[hx-post]",
    click: "button[hx-get], button[hx-post]",
    change: "select[hx-get]",
  };
  const known = new WeakSet();
  const waiting = new WeakMap();

  function again(type, element, pressed) {
    if (type === "submit") element.requestSubmit(pressed);
    else if (type === "click") element.click();
    else element.dispatchEvent(new Event(type, { bubbles: true }));
  }

  for (const [type, selector] of Object.entries(USES)) {
    document.addEventListener(type, (event) => {
      const element = event.target.closest(selector);
      if (!element || known.has(element)) return;
      event.preventDefault();
      event.stopImmediatePropagation();
      waiting.set(element, () => again(type, element, event.submitter));
    }, { capture: true });
  }

  document.addEventListener("htmx:afterProcessNode", ({ target }) => {
    known.add(target);
    const press = waiting.get(target);
    waiting.delete(target);
    if (press) press();
  });
})();
