/* Words in a form of a document (a report, a post that is mended, a town's answer, a group's page) that may not have arrived stay on this phone and are offered
   again. kept.js fetches this file where there is such a form, and empties what is kept when somebody signs out or leaves.

   Kept in localStorage 'tamemap.unsent': {"page action": {at, values}}, for a week; sessionStorage 'tamemap.sending' is the one that
   this window has sent last. Words: data-unsent and data-unsent-back of <script data-tm-kept>. */
(function () {
  'use strict';
  var KEPT = 'tamemap.unsent', SENDING = 'tamemap.sending', WEEK = 6048e5, FIELDS = /^(text|textarea|radio|checkbox|select-one)$/;
  var words = document.querySelector('script[data-tm-kept]').dataset;

  function kept() { try { return JSON.parse(localStorage.getItem(KEPT)) || {}; } catch (refused) { return {}; } }
  function keep(key, record) {
    var all = kept();
    if (record) all[key] = record; else delete all[key];
    localStorage.setItem(KEPT, JSON.stringify(all));
  }
  function nameOf(form) { return location.pathname + location.search + ' ' + form.getAttribute('action'); }
  function written(form) { return [].filter.call(form.elements, function (one) { return one.name && FIELDS.test(one.type); }); }
  function isTick(one) { return one.type === 'radio' || one.type === 'checkbox'; }
  function say(form, text) {
    var said = form.querySelector('[data-tm-unsent]') || form.appendChild(document.createElement('p'));
    said.setAttribute('data-tm-unsent', '');
    said.setAttribute('role', 'status');
    said.className = 'tm-banner tm-banner--info';
    said.textContent = text;
    said.scrollIntoView({block: 'nearest'});
  }

  function offer(form) {
    var key = nameOf(form), found = kept()[key], area = form.querySelector('textarea'), folded = form.closest('details');
    if (!found || !area || area.value !== area.defaultValue || Date.now() - found.at > WEEK) return;
    // the server's own answer has what was typed
    if (written(form).every(function (one, at) { return (isTick(one) ? one.checked : one.value) === found.values[at]; })) return;
    written(form).forEach(function (one, at) {
      if (isTick(one)) one.checked = found.values[at] === true;
      else if (found.values[at]) one.value = found.values[at];
    });
    if (folded) folded.open = true;
    say(form, words.unsentBack);
    // who has taken it out again does not want it back
    area.addEventListener('change', function () { if (!area.value || area.value === area.defaultValue) keep(key, null); });
  }

  try {
    var sent = sessionStorage.getItem(SENDING), came = performance.getEntriesByType('navigation')[0];
    // whoever is led on has been heard
    if (sent && came && came.redirectCount) keep(sent, null);
    sessionStorage.removeItem(SENDING);
  } catch (refused) { return; /* a browser that keeps nothing */ }
  document.querySelectorAll('form[method="post"]').forEach(offer);

  document.addEventListener('submit', function (event) {
    var form = event.target, key = nameOf(form);
    if (event.defaultPrevented || form.method !== 'post' || !form.querySelector('textarea')) return;
    try {
      keep(key, {at: Date.now(), values: written(form).map(function (one) { return isTick(one) ? one.checked : one.value; })});
      sessionStorage.setItem(SENDING, key);
    } catch (full) { /* what stands in the form stands there still */ }
    if (navigator.onLine !== false) return;
    event.preventDefault();
    say(form, words.unsent);
  });
})();
