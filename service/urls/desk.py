"""Addresses of the agent's day, and their lines of the menu."""

from __future__ import annotations

from django.urls import URLPattern, URLResolver, include, path
from django.utils.translation import gettext_lazy as _

from service.queries.chase_scripts import chase_scripts, chase_scripts_of
from service.views import (
    auto_replies,
    campaigns,
    consultations,
    desk,
    feedback,
    follow_ups,
    notebook,
    phrases,
    promises,
)
from shopops.kit.asides import Aside, add_aside
from shopops.kit.lists import list_urls
from shopops.kit.navigation import Entry
from shopops.kit.scripts import offer_scripts

PATHS: list[URLPattern | URLResolver] = [
    path("desk/", desk.desk, name="desk"),
    path("desk/queue/", desk.desk_queue, name="desk_queue"),
    path("desk/presence/", desk.desk_presence, name="desk_presence"),
    path("desk/duty/<int:duty_id>/items/<int:item_id>/", desk.desk_tick, name="desk_tick"),
    path("consultations/", include(list_urls(consultations.CONSULTATION_LIST))),
    path("consultation/new/", consultations.consultation_new, name="consultation_new"),
    path("consultation/<int:key>/", consultations.consultation, name="consultation"),
    path("follow_ups/", include(list_urls(follow_ups.FOLLOW_UP_LIST))),
    path("follow_up/new/", follow_ups.follow_up_new, name="follow_up_new"),
    path("follow_up/<int:key>/", follow_ups.follow_up, name="follow_up"),
    path("follow_up/<int:key>/sheet/", follow_ups.follow_up_sheet, name="follow_up_sheet"),
    path("follow_up/<int:key>/moving/", follow_ups.follow_up_moving, name="follow_up_moving"),
    path("follow_up/<int:key>/dropping/", follow_ups.follow_up_dropping, name="follow_up_dropping"),
    path("promises/", include(list_urls(promises.PROMISE_LIST))),
    path("promise/new/", promises.promise_new, name="promise_new"),
    path("promise/<int:key>/", promises.promise, name="promise"),
    path("promise/<int:key>/keeping/", promises.promise_keeping, name="promise_keeping"),
    path("promise/<int:key>/breaking/", promises.promise_breaking, name="promise_breaking"),
    path("promise/<int:key>/dropping/", promises.promise_dropping, name="promise_dropping"),
    path("promise/<int:key>/moving/", promises.promise_moving, name="promise_moving"),
    path("feedback/", include(list_urls(feedback.FEEDBACK_LIST))),
    path("feedback/new/", feedback.feedback_new, name="feedback_new"),
    path("feedback/<int:key>/", feedback.feedback, name="feedback"),
    path("feedback/<int:key>/handling/", feedback.feedback_handling, name="feedback_handling"),
    path("feedback/<int:key>/passing/", feedback.feedback_passing, name="feedback_passing"),
    path("memos/", notebook.memos, name="memos"),
    path("memo/<int:key>/end/", notebook.memo_end, name="memo_end"),
    path("calls/", include(list_urls(notebook.CALL_LIST))),
    path("call/new/", notebook.call_new, name="call_new"),
    path("call/<int:key>/", notebook.call, name="call"),
    path("phrases/", include(list_urls(phrases.PHRASE_LIST))),
    path("phrase/new/", phrases.phrase_new, name="phrase_new"),
    path("phrase/<int:key>/", phrases.phrase, name="phrase"),
    path("phrase/<int:key>/change/", phrases.phrase_change, name="phrase_change"),
    path("phrase/<int:key>/use/", phrases.phrase_use, name="phrase_use"),
    path("auto_replies/", include(list_urls(auto_replies.AUTO_REPLY_LIST))),
    path("auto_reply/new/", auto_replies.auto_reply_new, name="auto_reply_new"),
    path("auto_reply/<int:key>/", auto_replies.auto_reply, name="auto_reply"),
    path("auto_reply/<int:key>/removal/", auto_replies.auto_reply_removal, name="auto_reply_removal"),
    path("campaigns/", include(list_urls(campaigns.CAMPAIGN_LIST))),
    path("campaign/new/", campaigns.campaign_new, name="campaign_new"),
    path("campaign/<int:key>/", campaigns.campaign, name="campaign"),
    path("campaign/<int:key>/change/", campaigns.campaign_change, name="campaign_change"),
    path("campaign/<int:key>/cancelling/", campaigns.campaign_cancelling, name="campaign_cancelling"),
]

ENTRIES: tuple[Entry, ...] = (
    Entry("service.desk", _("Agent's desk"), "service:desk", "service.serve_buyer", icon="headset", jump="d"),
    Entry(
        "service.follow_ups",
        _("Follow-ups"),
        "service:follow_up_list",
        "service.view_followup",
        icon="reply",
        waits="service.follow_ups",
        covers=("/service/follow_up/", "/service/consultation"),
    ),
    Entry(
        "service.promises",
        _("Promises and feedback"),
        "service:promise_list",
        "service.view_promise",
        icon="handshake",
        waits="service.promises",
        covers=("/service/promise/", "/service/feedback/"),
    ),
    Entry(
        "service.phrases",
        _("Phrases and campaigns"),
        "service:phrase_list",
        "service.view_quickphrase",
        icon="zap",
        covers=("/service/phrase/", "/service/auto_repl", "/service/campaign"),
    ),
)

offer_scripts("orders.contact", chase_scripts)
add_aside(
    "orders.order",
    Aside(
        "service.chase_scripts",
        "orders.chase_payment",
        "service/phrases/order_aside.html",
        load=chase_scripts_of,
        place=5,
    ),
)
