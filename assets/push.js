/* Notices on this device (/me/notices): says truly how it stands, asks the browser only after a tap, proves that a message arrives.

   <section data-push data-key="applicationServerKey" data-this="id or nothing">
     [data-push-state="off|on|denied|ios|old-ios|none|wait"]   one of them is shown
     button[data-push-on], button[data-push-test], [data-push-said]   data-sending, data-arrived, data-nothing, data-refused, data-lost, data-failed */
(function () {
  'use strict';
  var place = document.querySelector('[data-push]');
  if (!place) return;
  var key = place.dataset.key, here = place.dataset.this, said = place.querySelector('[data-push-said]');
  var ios = /iPhone|iPad|iPod/.test(navigator.userAgent) || (navigator.platform === 'MacIntel' && navigator.maxTouchPoints > 1);
  var standalone = navigator.standalone === true || matchMedia('(display-mode: standalone)').matches;
  var able = 'serviceWorker' in navigator && 'PushManager' in window && 'Notification' in window;
  var ASK_EVERY = 1000, PATIENCE = 20000;

  function show(state) {
    place.querySelectorAll('[data-push-state]').forEach(function (one) { one.hidden = one.dataset.pushState !== state; });
    place.dataset.state = state;
  }
  function say(name, kind) {
    said.className = 'tm-banner tm-banner--' + kind;
    said.querySelector('use').setAttribute('href', '/icons/ui.svg#' + (kind === 'success' ? 'check' : kind === 'error' ? 'warning' : 'info'));
    said.querySelector('p').textContent = said.dataset[name];
    said.hidden = false;
  }
  function bytes(text) {
    var raw = atob((text + '===='.slice(text.length % 4 || 4)).replace(/-/g, '+').replace(/_/g, '/'));
    return Uint8Array.from(raw, function (letter) { return letter.charCodeAt(0); });
  }
  function post(path, body) {
    return fetch(path, {
      method: 'POST', headers: { 'Content-Type': 'application/json' }, body: JSON.stringify(body || {}), credentials: 'same-origin'
    }).then(function (answer) { if (!answer.ok) throw new Error(String(answer.status)); return answer.json(); });
  }
  function worker() {
    return navigator.serviceWorker.register('/sw.js').then(function () { return navigator.serviceWorker.ready; });
  }
  function same(subscription) {
    var theirs = subscription.options && subscription.options.applicationServerKey;
    if (!theirs) return true;
    var one = new Uint8Array(theirs), two = bytes(key);
    return one.length === two.length && one.every(function (value, at) { return value === two[at]; });
  }
  function subscribe(registration) {
    return registration.pushManager.getSubscription().then(function (old) {
      if (old && same(old)) return old;
      // made for a key that this installation has no more
      return (old ? old.unsubscribe() : Promise.resolve()).then(function () {
        return registration.pushManager.subscribe({ userVisibleOnly: true, applicationServerKey: bytes(key) });
      });
    });
  }
  function keep(subscription) { return post('/me/push?lang=' + document.documentElement.lang, subscription.toJSON()); }

  function look() {
    if (!able) { show(ios && !standalone ? 'ios' : ios ? 'old-ios' : 'none'); return; }
    if (Notification.permission === 'denied') { show('denied'); return; }
    if (Notification.permission !== 'granted') { show('off'); return; }
    // asking for the worker may take long on the first visit: until then, what the server knows
    show(here ? 'on' : 'off');
    worker().then(function (registration) { return registration.pushManager.getSubscription(); }).then(function (subscription) {
      if (here && subscription && same(subscription)) return keep(subscription);
      if (here) show('off');
    }).catch(function () { if (!here) show('off'); });
  }
  function turnOn(button) {
    button.disabled = true;
    said.hidden = true;
    // the question belongs to this tap
    Notification.requestPermission().then(function (answer) {
      if (answer !== 'granted') { show(answer === 'denied' ? 'denied' : 'off'); return undefined; }
      return worker().then(subscribe).then(keep).then(function () { location.href = place.dataset.then; });
    }).catch(function () { say('failed', 'error'); }).then(function () { button.disabled = false; });
  }
  function test(button) {
    var end = 0, timer = 0;
    function over(name, kind) {
      clearTimeout(timer);
      navigator.serviceWorker.removeEventListener('message', heard);
      button.disabled = false;
      say(name, kind);
    }
    function heard(event) { if (event.data && event.data.type === 'push-proof') ask(); }
    function ask() {
      clearTimeout(timer);
      fetch('/me/push/' + here, { credentials: 'same-origin' }).then(function (answer) {
        if (answer.status === 404) return { test: 'lost' };
        return answer.json();
      }).then(function (now) {
        if (now.test === 'lost') { show('off'); over('lost', 'error'); }
        else if (now.test === 'arrived') over('arrived', 'success');
        else if (now.test === 'refused') over('refused', 'error');
        else if (Date.now() > end) over('nothing', 'error');
        else timer = setTimeout(ask, ASK_EVERY);
      }).catch(function () { if (Date.now() > end) over('nothing', 'error'); else timer = setTimeout(ask, ASK_EVERY); });
    }
    button.disabled = true;
    say('sending', 'info');
    navigator.serviceWorker.addEventListener('message', heard);
    post('/me/push/' + here + '/test').then(function () { end = Date.now() + PATIENCE; ask(); }, function () { over('failed', 'error'); });
  }
  place.addEventListener('click', function (event) {
    var button = event.target.closest('button');
    if (!button) return;
    if (button.hasAttribute('data-push-on')) turnOn(button);
    if (button.hasAttribute('data-push-test')) test(button);
  });
  look();
})();
