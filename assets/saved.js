/* The list of saved flyers (/saved) and, without signal, of the maps that can still be opened. Needs kept.js before it.

   <ul data-tm-saved data-categories='{"event": "…"}' data-past="…" data-month="… {n} …" data-holiday="…"></ul> · <ul data-tm-maps></ul>
   [data-tm-none] stands beside an empty list, [data-tm-some] beside a full one */
(function () {
  'use strict';
  var T = window.Tamemap;
  function el(tag, attributes, children) {
    var node = document.createElement(tag);
    Object.keys(attributes).forEach(function (name) { if (attributes[name] !== null) node.setAttribute(name, attributes[name]); });
    (children || []).forEach(function (child) { if (child) node.append(child); });
    return node;
  }
  function sign(category) {
    var holder = el('span', {'class': 'tm-category', 'data-category': category});
    holder.innerHTML = '<svg class="tm-icon" aria-hidden="true" width="24" height="24"><use/></svg>';
    holder.querySelector('use').setAttribute('href', '/icons/categories.svg#' + category);
    return holder;
  }
  function tab(flyer, words) {
    var label = flyer.date_label;
    if (!label || !label.day) return null;
    var day = new Date(Date.parse(flyer.starts_at) + 324e5).getUTCDay(), kind = label.holiday || day === 0 ? ' tm-datetab--sun' : day === 6 ? ' tm-datetab--sat' : '';
    return el('span', {'class': 'tm-datetab' + kind, 'aria-hidden': 'true'}, [el('span', {'class': 'tm-datetab__month'}, [words.month.replace('{n}', label.month)]),
      el('span', {'class': 'tm-datetab__day'}, [String(label.day)]), el('span', {'class': 'tm-datetab__weekday'}, [label.weekday + (label.holiday ? words.holiday : '')])]);
  }
  function card(record, words) {
    var flyer = record.flyer, category = sign(flyer.category), label = flyer.date_label, picture = record.picture ? el('img', {src: record.picture, alt: '', loading: 'lazy', decoding: 'async'}) : null;
    category.append(JSON.parse(words.categories)[flyer.category] || '');
    return el('li', {'class': 'tm-card', 'data-id': record.id}, [el('span', {'class': 'tm-card__picture'}, [picture]), tab(flyer, words),
      el('h3', {'class': 'tm-card__title'}, [el('a', {'class': 'tm-card__link', href: '/f/' + record.id + (record.lang === 'ja' ? '' : '?lang=' + record.lang)}, [flyer.title])]),
      el('div', {'class': 'tm-card__facts'}, [category, label ? el('span', {'class': 'tm-card__when'}, [label.text + ' ' + (label.time || '')]) : null,
        flyer.venue ? el('span', {'class': 'tm-card__place'}, [flyer.venue]) : null,
        flyer.ends_at && Date.parse(flyer.ends_at) < Date.now() ? el('span', {'class': 'tm-badge'}, [words.past]) : null]),
      el('div', {'class': 'tm-saved__deed'}, [el('tm-save', {flyer: record.id})])]);
  }
  function tally(list) {
    var place = list.closest('[data-tm-kept-list]') || document, some = list.children.length > 0;
    place.querySelectorAll('[data-tm-none]').forEach(function (node) { node.hidden = some; });
    place.querySelectorAll('[data-tm-some]').forEach(function (node) { node.hidden = !some; });
  }
  function fill(list, ask, made) {
    if (!list) return;
    T.kept(ask).then(function (found) {
      list.textContent = '';
      (found && found.map ? found : []).forEach(function (one) { list.append(made(one)); });
      tally(list);
      new MutationObserver(function () { tally(list); }).observe(list, {childList: true});
    });
  }
  var unable = document.querySelector('[data-tm-unable]');
  // an old browser or a private window: an empty list would say that a press on 保存 fills it
  if (!T || !T.kept) {
    if (unable) unable.hidden = false;
    return;
  }
  var saved = document.querySelector('[data-tm-saved]'), maps = document.querySelector('[data-tm-maps]');
  fill(saved, 'list', function (record) { return card(record, saved.dataset); });
  fill(maps, 'maps', function (one) {
    return el('li', {'class': 'tm-row'}, [el('a', {'class': 'tm-button tm-button--secondary', href: one.url}, [one.title]), el('span', {'class': 'tm-muted'}, [T.keptWhen(one.at)])]);
  });
  // opening the list is a contact: what was recalled is not in it
  if (saved && navigator.onLine !== false) T.kept('contact', {now: true}).then(function () { fill(saved, 'list', function (record) { return card(record, saved.dataset); }); });
})();
