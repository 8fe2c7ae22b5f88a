/* What all screens share beside Reflex: drafts that survive, dialogs, focus that follows, the number of unread notices.
   It only sets attributes and values on what React has drawn, so that neither gets in the other's way.

   textarea|input[data-tm-draft=KEY]   what is typed is kept under tamemap.draft.KEY until [data-tm-done="KEY …"] changes
   dialog[data-tm-modal]               is opened as soon as it is drawn; Esc presses the [data-tm-close] inside
   [data-tm-arrive=NAME]               gets the focus when another one than before is drawn after a deed of the person
   .tm-toast                           goes after a while unless it offers an undo */
(function () {
  'use strict';
  var DRAFT = 'tamemap.draft.', ALONE = 8000;
  var acted = 0, arrived = null, opener = null, toastTimer = 0;

  function kept(key) { try { return localStorage.getItem(DRAFT + key) || ''; } catch (nothing) { return ''; } }
  function keep(key, text) {
    try { if (text) localStorage.setItem(DRAFT + key, text); else localStorage.removeItem(DRAFT + key); } catch (full) { /* the draft stays on the page */ }
  }

  /* ---------- drafts */
  function restore(control) {
    var key = control.getAttribute('data-tm-draft');
    if (control.tmDraft === key) return;
    control.tmDraft = key;
    control.value = kept(key) || control.defaultValue || '';
  }
  document.addEventListener('input', function (event) {
    var key = event.target.getAttribute && event.target.getAttribute('data-tm-draft');
    if (key) keep(key, event.target.value);
  });
  function sent(mark) {
    var done = mark.getAttribute('data-tm-done');
    if (!done) return;
    try { if (sessionStorage.getItem('tamemap.done') === done) return; sessionStorage.setItem('tamemap.done', done); } catch (nothing) { /* then twice */ }
    var name = done.split(' ')[0];
    Object.keys(localStorage).forEach(function (key) {
      if (key === DRAFT + name || key.indexOf(DRAFT + name + '.') === 0) localStorage.removeItem(key);
    });
    document.querySelectorAll('[data-tm-draft]').forEach(function (control) {
      var key = control.getAttribute('data-tm-draft');
      if (key === name || key.indexOf(name + '.') === 0) control.value = '';
    });
  }

  /* ---------- dialogs */
  function open(dialog) {
    if (dialog.open || !dialog.isConnected) return;
    opener = document.activeElement;
    dialog.showModal();
    dialog.addEventListener('cancel', function (event) {
      var close = dialog.querySelector('[data-tm-close]');
      event.preventDefault();
      if (close) close.click();
    });
  }
  function closed() {
    var back = opener;
    opener = null;
    if (back && back.isConnected) back.focus({preventScroll: true});
    else { var main = document.getElementById('main'); if (main) main.focus({preventScroll: true}); }
  }

  /* ---------- focus and toasts */
  ['click', 'submit', 'tamemaptopic'].forEach(function (name) { addEventListener(name, function () { acted = Date.now(); }, true); });
  function arrive() {
    var place = document.querySelector('[data-tm-arrive]'), name = place && place.getAttribute('data-tm-arrive');
    if (!name || name === arrived) return;
    var first = arrived === null;
    arrived = name;
    dispatchEvent(new CustomEvent('tamemaparrive', {detail: name}));
    if (first || Date.now() - acted > 4000 || !place.offsetParent) return;
    place.focus({preventScroll: true});
    var top = place.getBoundingClientRect().top;
    if (top < 60 || top > innerHeight / 2) place.scrollIntoView({block: 'center'});
  }
  function quiet(toast) {
    clearTimeout(toastTimer);
    if (toast.querySelector('.tm-toast__undo')) return;
    toastTimer = setTimeout(function () { var close = toast.querySelector('.tm-toast__close'); if (close && !toast.contains(document.activeElement)) close.click(); }, ALONE);
  }

  /* ---------- what React draws */
  function look() {
    document.querySelectorAll('[data-tm-draft]').forEach(restore);
    document.querySelectorAll('[data-tm-done]').forEach(sent);
    document.querySelectorAll('dialog[data-tm-modal]').forEach(open);
    if (opener && !document.querySelector('dialog[data-tm-modal]')) closed();
    var toast = document.querySelector('.tm-toast');
    if (toast && toast.tmSeen !== toast.textContent) { toast.tmSeen = toast.textContent; quiet(toast); }
    arrive();
  }
  var due = false;
  function soon() {
    if (due) return;
    due = true;
    queueMicrotask(function () { due = false; look(); });
  }
  new MutationObserver(soon).observe(document.documentElement, {childList: true, subtree: true, attributes: true, attributeFilter: ['data-tm-draft', 'data-tm-done', 'data-tm-arrive']});
  soon();

  /* ---------- how many notices wait: an attribute that the stylesheet shows */
  function unread() {
    if (location.pathname.indexOf('/notices') === 0) return;  // they are being read
    fetch('/api/v1/me', {credentials: 'same-origin', headers: {Accept: 'application/json'}}).then(function (answer) { return answer.ok ? answer.json() : {}; }).then(function (me) {
      remember(me.signed_in);
      var bell = document.querySelector('[data-tm-place="bell"]'), bar = bell && bell.parentNode;
      if (!bell) return;
      bell.toggleAttribute('data-tm-unread', me.unread > 0);
      if (!(me.unread > 0)) return bell.removeAttribute('aria-label');
      bell.setAttribute('data-tm-unread', me.unread > 99 ? '99+' : String(me.unread));
      bell.setAttribute('aria-label', bell.textContent + ' ' + bar.getAttribute('data-tm-unread-words').replace('{n}', me.unread));
    }, function () { /* no signal: no number */ });
  }
  // the posting page keeps no place for what it tells guests where a member was last
  function remember(member) {
    if (member !== true && member !== false) return;
    try { if (member) localStorage.setItem('tamemap.member', '1'); else localStorage.removeItem('tamemap.member'); } catch (refused) { /* then the place is kept */ }
  }
  addEventListener('load', function () { (window.requestIdleCallback || setTimeout)(unread); });
})();
