/* The desk by keyboard: j and k move through the flyers, u lets up, r asks for the reason of a recall, x selects;
   and the prepared reasons, which are put into the form's field.
   Only where nobody is typing; everything can be done with Tab and Enter as well. */
(function () {
  'use strict';
  function items() { return [].slice.call(document.querySelectorAll('[data-tm-item]')); }
  function typing(node) { return node.closest('input:not([type="checkbox"]), textarea, select, dialog, [contenteditable]'); }
  addEventListener('keydown', function (event) {
    if (event.ctrlKey || event.metaKey || event.altKey || event.isComposing || typing(event.target) || document.querySelector('dialog[open]')) return;
    var all = items(), here = all.indexOf(event.target.closest('[data-tm-item]'));
    if (!all.length) return;
    if (event.key === 'j' || event.key === 'k') {
      var next = all[Math.max(0, Math.min(all.length - 1, here < 0 ? 0 : here + (event.key === 'j' ? 1 : -1)))];
      event.preventDefault();
      next.focus();
      next.scrollIntoView({block: 'nearest'});
    } else if (here >= 0 && (event.key === 'u' || event.key === 'r' || event.key === 'x')) {
      var deed = all[here].querySelector(event.key === 'x' ? 'input[type="checkbox"]' : '[data-tm-key="' + event.key + '"]');
      if (!deed) return;
      event.preventDefault();
      // what is decided leaves the list: the one after it is next
      if (event.key === 'u') after(all[here + 1] || all[here - 1]);
      deed.click();
    }
  });
  document.addEventListener('click', function (event) {
    var chip = event.target.closest('[data-tm-insert]'), field = chip && chip.closest('form').querySelector('textarea');
    if (!field) return;
    field.value = (field.value.trim() ? field.value.trim() + '\n' : '') + chip.getAttribute('data-tm-insert');
    field.focus();
  });
  function after(neighbour) {
    var id = neighbour && neighbour.getAttribute('data-tm-item'), until = Date.now() + 4000;
    if (!id) return;
    new MutationObserver(function (changes, watch) {
      var still = document.querySelector('[data-tm-item="' + id + '"]');
      if (Date.now() > until || (document.activeElement && document.activeElement !== document.body)) return watch.disconnect();
      if (still) { watch.disconnect(); still.focus(); }
    }).observe(document.getElementById('main'), {childList: true, subtree: true});
  }
})();
