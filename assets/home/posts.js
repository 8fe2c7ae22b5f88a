/* Photos of a post on their way, and the focus: to the answer when somebody quotes, to the post that was sent. Beside Reflex.

   [data-tm-pictures=NAME]   holds a list, a file input and the hidden input "pictures" with the ids of what has arrived, which the
                             form around it sends; emptied when [data-tm-done="NAME …"] changes, kept for a reload until then
   [data-tm-quote]           a tap moves the focus into the answer */
(function () {
  'use strict';
  var MOST = 4, KEPT = 'tamemap.photos.';

  function part(host, selector) { return host.querySelector(selector); }
  function box(host) { return part(host, '.tm-pictures'); }
  function items(host) { return Array.from(host.querySelectorAll('.tm-pictures__list > li')); }
  function words(host, name, values) {
    return box(host).getAttribute('data-' + name).replace(/\{(\w+)\}/g, function (all, key) { return values[key]; });
  }
  function say(host, text) { part(host, '.tm-field__error').textContent = text || ''; }

  /* ---------- what has arrived: for the form, and for a reload */
  function write(host) {
    var ids = items(host).map(function (item) { return item.tmId; }).filter(Boolean);
    part(host, '[name="pictures"]').value = ids.join(',');
    items(host).forEach(function (item, at) {
      part(item, 'img').alt = words(host, 'number', {number: at + 1});
      part(item, 'button').setAttribute('aria-label', words(host, 'remove', {number: at + 1}));
    });
    try {
      if (ids.length) sessionStorage.setItem(KEPT + host.tmName, ids.join(','));
      else sessionStorage.removeItem(KEPT + host.tmName);
    } catch (full) { /* then a reload forgets them */ }
  }
  function thumb(id) { return '/api/v1/photos/' + id + '/320.jpeg'; }
  function add(host, id) {
    var item = document.createElement('li'), image = document.createElement('img'), state = document.createElement('span'), button = document.createElement('button');
    image.width = image.height = 88;
    state.setAttribute('role', 'status');
    button.type = 'button';
    button.className = 'tm-button tm-button--secondary tm-button--small';
    button.innerHTML = '<svg class="tm-icon" aria-hidden="true" width="24" height="24"><use href="/icons/ui.svg#close"/></svg>';
    item.append(image, state, button);
    part(host, '.tm-pictures__list').append(item);
    if (id) arrived(host, item, id);
    return item;
  }
  function arrived(host, item, id) {
    item.tmId = id;
    part(item, 'img').src = thumb(id);
    part(item, 'span').textContent = words(host, 'sent', {});
    part(item, 'img').onerror = function () { check(host, item, id); };
  }
  // one that the server has forgotten meanwhile is not there any more; one that only lacks signal stays
  function check(host, item, id) {
    fetch(thumb(id), {cache: 'no-store', credentials: 'same-origin'}).then(function (answer) {
      if ([403, 404, 410].indexOf(answer.status) < 0) return;
      item.remove();
      write(host);
    }, function () { /* no signal */ });
  }
  function forget(id) { fetch('/api/v1/photos/' + id, {method: 'DELETE', credentials: 'same-origin'}).catch(function () { /* it goes by itself */ }); }

  /* ---------- sending */
  function send(host, file) {
    var item = add(host), xhr = item.tmXhr = new XMLHttpRequest(), body = new FormData(), shown = URL.createObjectURL(file);
    part(item, 'img').src = shown;
    body.append('photo', file, file.name);
    body.append('read', 'false');
    xhr.open('POST', '/api/v1/photos');
    xhr.setRequestHeader('Accept-Language', document.documentElement.lang || 'ja');
    function progress(share) { part(item, 'span').textContent = words(host, 'sending', {percent: Math.round(share * 100)}); }
    progress(0);
    xhr.upload.onprogress = function (event) { if (event.lengthComputable) progress(event.loaded / event.total); };
    xhr.onloadend = function () {
      URL.revokeObjectURL(shown);
      item.tmXhr = null;
      if (!item.isConnected) return;
      var answer = {};
      try { answer = JSON.parse(xhr.responseText); } catch (broken) { /* no signal */ }
      if (xhr.status === 201) took(host, item, answer.photos);
      else {
        item.remove();
        say(host, answer.errors && answer.errors[0] ? answer.errors[0].message : answer.detail || words(host, 'failed', {}));
      }
      write(host);
    };
    xhr.send(body);
    write(host);
  }
  function took(host, item, photos) {
    arrived(host, item, photos[0].id);
    photos.slice(1).forEach(function (photo) { if (items(host).length < MOST) add(host, photo.id); else forget(photo.id); });
  }

  document.addEventListener('change', function (event) {
    var host = event.target.type === 'file' && event.target.closest('[data-tm-pictures]');
    if (!host) return;
    var files = Array.from(event.target.files), room = MOST - items(host).length;
    say(host, files.length > room ? words(host, 'many', {}) : '');
    files.slice(0, room).forEach(function (file) { send(host, file); });
    event.target.value = '';
  });
  document.addEventListener('click', function (event) {
    var button = event.target.closest('.tm-pictures__list button'), answer;
    if (button) {
      var item = button.parentNode, host = item.closest('[data-tm-pictures]');
      if (item.tmXhr) item.tmXhr.abort();
      if (item.tmId) forget(item.tmId);
      item.remove();
      say(host, '');
      write(host);
      part(host, 'input[type="file"]').focus();
    } else if (event.target.closest('[data-tm-quote]') && (answer = document.querySelector('textarea[data-tm-draft^="answer."]'))) {
      answer.focus({preventScroll: true});
      answer.scrollIntoView({block: 'center'});
    }
  });
  // before React hears of it: what is still on its way would be missing
  document.addEventListener('submit', function (event) {
    var host = part(event.target, '[data-tm-pictures]');
    if (!host || !items(host).some(function (item) { return item.tmXhr; })) return;
    event.preventDefault();
    event.stopPropagation();
    say(host, words(host, 'wait', {}));
  }, true);

  /* ---------- what React draws */
  function begin(host) {
    var name = host.getAttribute('data-tm-pictures'), kept = '';
    if (!box(host) || (host.tmName === name && box(host).tmBegun)) return;
    host.tmName = name;
    box(host).tmBegun = true;
    part(host, '.tm-pictures__list').replaceChildren();
    try { kept = sessionStorage.getItem(KEPT + name) || ''; } catch (nothing) { /* none are kept */ }
    kept.split(',').filter(Boolean).slice(0, MOST).forEach(function (id) { add(host, id); });
    write(host);
  }
  var last = null;
  function done(mark) {
    var told = mark.getAttribute('data-tm-done');
    if (told === last) return;
    last = told;
    document.querySelectorAll('[data-tm-pictures]').forEach(function (host) {
      if (host.tmName !== (told || '').split(' ')[0]) return;
      part(host, '.tm-pictures__list').replaceChildren();
      say(host, '');
      write(host);
    });
    try { sessionStorage.removeItem(KEPT + (told || '').split(' ')[0]); } catch (nothing) { /* none are kept */ }
    // the button was switched off while it was sent, and lost the focus: who goes on by keyboard goes on from their own words
    var mine = document.querySelector('.tm-home-posts > :last-child');
    if (!(told || '').startsWith('answer.') || !mine || document.activeElement !== document.body) return;
    mine.tabIndex = -1;
    mine.focus({preventScroll: true});
  }
  function look() {
    document.querySelectorAll('[data-tm-done]').forEach(done);
    document.querySelectorAll('[data-tm-pictures]').forEach(begin);
  }
  var due = false;
  new MutationObserver(function () {
    if (due) return;
    due = true;
    queueMicrotask(function () { due = false; look(); });
  }).observe(document.documentElement, {childList: true, subtree: true, attributes: true, attributeFilter: ['data-tm-done', 'data-tm-pictures']});
  look();
})();
