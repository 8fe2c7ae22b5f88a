/* A signed-in person reads a topic: how far is remembered. By itself, so that opening a page changes nothing. */
(function () {
  'use strict';
  var said = document.currentScript.dataset;
  function remember() {
    if (document.visibilityState !== 'visible') return;
    document.removeEventListener('visibilitychange', remember);
    fetch('/api/v1/topics/' + said.topic + '/read', {
      method: 'PUT', headers: {'Content-Type': 'application/json'}, body: JSON.stringify({to: said.to})
    }).catch(function () { /* then it stays unread */ });
  }
  document.addEventListener('visibilitychange', remember);
  remember();
})();
