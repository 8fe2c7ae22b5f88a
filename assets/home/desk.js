/* The desk by keyboard: j and k move through the flyers, u lets up, r asks for the reason of a recall, x selects,
   z takes the last deed back;
   and the prepared reasons, which are put into the form's field.
   Only where nobody is typing; everything can be done with Tab and Enter as well. */
(function () {
  'use strict';
  var asked = null;  // the flyer whose buttons were pressed last
  function items() { return [].slice.call(document.querySelectorAll('[data-tm-item]')); }
  function typing(node) { return node.closest('input:not([type="checkbox"]), textarea, select, dialog, [contenteditable]'); }
  addEventListener('keydown', function (event) {
    if (event.ctrlKey || event.metaKey || event.altKey || event.isComposing || typing(event.target) || document.querySelector('dialog[open]')) return;
    var all = items(), here = all.indexOf(event.target.closest('[data-tm-item]'));
    var undo = event.key === 'z' && document.querySelector('.tm-toast__undo');
    if (undo) { event.preventDefault(); undo.click(); }
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
      deed.click();
      if (event.key === 'u') after(all[here]);
    }
  });
  document.addEventListener('click', function (event) {
    asked = event.target.closest('[data-tm-item]') || asked;
    var chip = event.target.closest('[data-tm-insert]'), field = chip && chip.closest('form').querySelector('textarea');
    if (!field) return;
    field.value = (field.value.trim() ? field.value.trim() + '\n' : '') + chip.getAttribute('data-tm-insert');
    field.focus();
  });
  document.addEventListener('submit', function (event) { if (asked && event.target.closest('dialog')) after(asked); });
  // what is decided leaves the list, and its dialog closes: the flyer after it is next
  function after(decided) {
    var all = items(), here = all.indexOf(decided), neighbour = all[here + 1] || all[here - 1], until = Date.now() + 10000;
    if (here < 0 || !neighbour) return;
    var id = neighbour.getAttribute('data-tm-item'), was = decided.getAttribute('data-tm-item');
    function of(one) { return document.querySelector('[data-tm-item="' + one + '"]'); }
    new MutationObserver(function (changes, watch) {
      if (Date.now() > until) return watch.disconnect();
      if (of(was) || document.querySelector('dialog[open]')) return;
      watch.disconnect();
      // after shell.js, which gives the focus to the whole page when a dialog's opener is gone
      setTimeout(function () {
        var now = document.activeElement, still = of(id);
        if (still && (!now || now === document.body || now.id === 'main')) still.focus();
      });
    }).observe(document.body, {childList: true, subtree: true});
  }
})();
