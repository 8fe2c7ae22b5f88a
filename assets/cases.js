// 通報の受付: a key for each decision and rule (for who wants them), a template's words put into the field, and who else looks at
// what, asked anew while the page is seen. The pages work without.
(() => {
  const EVERY = 15000;
  const asked = async (address, method) => {
    const answer = await fetch(address, { method, redirect: "error", headers: { Accept: "application/json" } });
    if (!answer.ok) throw new Error(String(answer.status));
    return answer.json();
  };
  const repeat = (ask) => {
    let failed = 0;
    const tick = async () => {
      if (document.hidden) return;
      try {
        await ask();
        failed = 0;
      } catch {
        // without a session, or without a network, asking on for ever helps nobody
        failed += 1;
        if (failed > 3) clearInterval(timer);
      }
    };
    const timer = setInterval(tick, EVERY);
    document.addEventListener("visibilitychange", tick);
    addEventListener("pageshow", (event) => event.persisted && tick());
  };
  const say = (node, words) => {
    if (node.textContent !== words) node.textContent = words;
  };

  const here = document.querySelector("[data-tm-here]");
  if (here) {
    const line = here.querySelector("strong");
    let alone = 0;
    repeat(async () => {
      const found = await asked(here.dataset.tmAt, "POST");
      // two who look take turns in the case's one place: once without another's name is not yet alone
      alone = found.decided || found.looking ? 0 : alone + 1;
      if (alone !== 1) say(line, found.decided || found.looking);
    });
    addEventListener("pagehide", () => navigator.sendBeacon(here.dataset.tmLeft));
  }

  const lines = [...document.querySelectorAll("[data-tm-looking]")];
  const list = document.querySelector("[data-tm-queue]");
  if (list) {
    repeat(async () => {
      const found = await asked(list.dataset.tmQueue, "GET");
      const words = new Map(found.items.map((one) => [one.id, one.words]));
      for (const one of lines) say(one, words.get(one.dataset.tmLooking) || "");
    });
  }

  const form = document.querySelector("[data-tm-decide]");
  if (!form) return;
  const rule = form.querySelector("select[name=rule]");
  document.addEventListener("keydown", (event) => {
    if (!("tmKeys" in form.dataset) || event.ctrlKey || event.metaKey || event.altKey || event.isComposing) return;
    if (event.target.closest("textarea, select, input:not([type=radio])")) return;
    const choice = form.querySelector(`input[data-key="${CSS.escape(event.key.toLowerCase())}"]`);
    const number = rule && /^[1-9]$/.test(event.key) ? rule.options[Number(event.key)] : null;
    if (choice) {
      choice.checked = true;
      choice.focus();
    } else if (number) {
      rule.value = number.value;
    } else {
      return;
    }
    event.preventDefault();
  });
  const template = form.querySelector("select[name=template]");
  const words = form.querySelector("textarea[name=words]");
  const kept = JSON.parse(form.dataset.tmTemplates || "{}");
  template?.addEventListener("change", () => {
    if (words && kept[template.value]) words.value = kept[template.value];
  });
})();
