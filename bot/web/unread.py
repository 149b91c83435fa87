"""What a customer is told when they send a file while the bot has the chat: it cannot read it.

Once it says so and offers a person, with whom the file goes; after that it only says that the next
ones are kept too. With words beside the file the bot answers the words.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from bot.handoff.records import Message

if TYPE_CHECKING:
    from bot.web.gateway import Gateway

FILE = "utter_notice_attachment"
MORE = "utter_notice_attachment_more"


async def tell(gateway: Gateway, message: Message) -> None:
    """Tell the customer of a message with files, if the bot has their chat."""
    notice = await gateway.io(_notice, gateway, message)
    if notice is not None:
        gateway.hub.messages(message.conversation, [notice])


def _notice(gateway: Gateway, message: Message) -> Message | None:
    name = message.conversation
    if gateway.store.conversation(name).owner != "bot":
        return None
    if not any(each.response == FILE for each in gateway.store.messages(name)):
        return gateway.desk.notice(name, FILE)
    return None if message.text else gateway.desk.notice(name, MORE)
