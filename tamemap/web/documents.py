"""The addresses of all public documents."""

from __future__ import annotations

from starlette.routing import Route

from tamemap.web import (
    again,
    board_document,
    desk_audit,
    desk_groups,
    desk_maps,
    desk_residence,
    desk_staff,
    desk_tokens,
    flyer_document,
    group_document,
    group_pages,
    invitation,
    map_document,
    me_about,
    me_data,
    me_devices,
    me_leave,
    me_residence,
    me_ways,
    passkeys,
    picture_files,
    providers,
    search_document,
    sign_in,
    static_documents,
)

POST = ["POST"]

routes = [
    Route("/m/{map}", map_document.map_document),
    # what ends in a suffix first: the page would take every name
    Route("/f/{flyer}.jpg", picture_files.preview),
    Route("/f/{flyer}.ics", flyer_document.flyer_calendar),
    Route("/f/{flyer}", flyer_document.flyer_document),
    Route("/f/{flyer}/report", flyer_document.report, methods=POST),
    Route("/p/{name}/{size:int}.{suffix}", picture_files.picture),
    Route("/b/{board}", board_document.board_document),
    Route("/b/{board}/{topic}", board_document.topic_document),
    *search_document.routes,
    Route("/sign-in", sign_in.ask_page),
    Route("/sign-in", sign_in.ask, methods=POST),
    Route("/sign-in/code", sign_in.code_page),
    Route("/sign-in/code", sign_in.enter_code, methods=POST),
    Route("/auth/mail", sign_in.link_page),
    Route("/auth/mail", sign_in.follow_link, methods=POST),
    *passkeys.routes,
    *again.routes,
    *me_ways.routes,
    *me_devices.routes,
    *me_residence.routes,
    *desk_residence.routes,
    *desk_maps.routes,
    *desk_staff.routes,
    *desk_audit.routes,
    *desk_tokens.routes,
    *invitation.routes,
    *me_about.routes,
    *me_data.routes,
    *me_leave.routes,
    Route("/sign-out", sign_in.leave, methods=POST),
    Route("/about", static_documents.about),
    Route("/share", static_documents.share, methods=["GET", *POST]),
    Route("/sitemap.xml", static_documents.sitemap),
    *group_pages.routes,
    *group_document.routes,
    *desk_groups.routes,
    # a provider's name could be any
    *providers.routes,
]
