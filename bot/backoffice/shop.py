"""The demo shop: a back office of realistic data in one SQL database."""

from __future__ import annotations

import secrets
from collections.abc import Callable, Sequence
from datetime import date, datetime, time, timedelta, timezone
from typing import Any, get_args

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from bot.backoffice import bookings, tables
from bot.backoffice.bookings import Entry
from bot.backoffice.database import Database, order_of, prepare
from bot.backoffice.protocol import RETURN_DAYS, Booking, Order, Outage, Service
from bot.backoffice.reads import ShopReads, orders
from bot.errors import NotPossible, did_you_mean


def open_shop(url: str, *, today: date | None = None, outages: Sequence[Service] = ()) -> Shop:
    """Open the demo shop at a SQLAlchemy URL, creating and filling it the first time.

    Args:
        url: for example ``sqlite:///var/shop.db``.
        today: the shop's day, which the demo data is laid around; the real one by default.
        outages: services that do not work.

    Raises:
        BackOfficeDown: the database cannot be opened.
    """
    shop = Shop(Database(url), _noon(today) if today else _now)
    shop.fill(outages=outages)
    return shop


def _now() -> datetime:
    return datetime.now().astimezone()


def _noon(day: date) -> Callable[[], datetime]:
    return lambda: datetime.combine(day, time(12), timezone.utc)


class Shop(ShopReads):
    """:class:`~bot.backoffice.protocol.BackOffice` over SQL tables of our own."""

    def fill(self, *, outages: Sequence[Service] = ()) -> None:
        """Create the tables and, in an empty shop, the demo data; break services down."""
        with self._database.writing() as connection:
            prepare(connection, self._today())
        for service in outages:
            self.break_down(service)

    def break_down(self, service: Service, *, until: datetime | None = None) -> Outage:
        """Let a service stop working, and return its outage; it may be expected back.

        Raises:
            NotPossible: there is no such service.
        """
        if service not in get_args(Service):
            known = did_you_mean(service, get_args(Service))
            raise NotPossible(f"There is no service '{service}'.{known}")
        running = [one for one in self.outages() if one.service == service]
        if running:
            return running[0]
        outage = Outage(f"OUT-{secrets.token_hex(4).upper()}", service, self._clock(), until)
        row = {"since": _utc(outage.since), "until": _utc(until) if until else None}
        with self._database.writing() as connection:
            values = {"id": outage.id, "service": service, **row}
            connection.execute(tables.outages.insert().values(**values))
        return outage

    def repair(self, service: Service) -> None:
        """Let a service work again."""
        outages = tables.outages
        for one in self.outages():
            if one.service == service:
                ended = outages.update().where(outages.c.id == one.id)
                with self._database.writing() as connection:
                    connection.execute(ended.values(until=_utc(self._clock())))

    def refund(
        self, subject: str, amount_cents: int, *, key: str, reason: str, limit_cents: int
    ) -> Booking:
        """Pay money back, once for each charge or order, never more than was charged."""
        bookings.within(amount_cents, limit_cents, "refund")
        with self._database.writing() as connection:
            number = order_of(connection, subject)
            entry = Entry("refund", subject, key, number, reason=reason)
            before = bookings.earlier(connection, entry)
            if before is not None:
                return before
            order = _locked(connection, number, f"No charge and no order '{subject}'")
            _refundable(connection, order, subject, amount_cents)
            return bookings.write(connection, entry, amount_cents)

    def resend(self, order_number: str, *, key: str) -> Booking:
        """Send an order again, once."""
        with self._database.writing() as connection:
            entry = Entry("resend", f"order:{order_number}", key, order_number, reason="resend")
            before = bookings.earlier(connection, entry)
            if before is not None:
                return before
            order = _locked(connection, order_number)
            if order.status == "cancelled" or bookings.owed(connection, order.number) <= 0:
                raise NotPossible(f"Order {order.number} was cancelled or paid back.")
            if not order.in_stock:
                raise NotPossible(f"No unit of '{order.product}' is left to send.")
            _stock(connection, order.product, -1)
            return bookings.write(connection, entry)

    def voucher(
        self, customer_id: str, amount_cents: int, *, key: str, reason: str, limit_cents: int
    ) -> Booking:
        """Give a voucher, once for each customer and reason."""
        bookings.within(amount_cents, limit_cents, "voucher")
        with self._database.writing() as connection:
            subject = f"{customer_id}:{reason}"
            number = order_of(connection, subject)
            entry = Entry("voucher", subject, key, number, reason=reason)
            before = bookings.earlier(connection, entry)
            if before is not None:
                return before
            _known(connection, customer_id)
            return bookings.write(connection, entry, amount_cents)

    def cancel(self, order_number: str, *, key: str) -> Booking:
        """Cancel an order that is not yet sent, and pay all of it back."""
        with self._database.writing() as connection:
            entry = Entry("cancel", f"order:{order_number}", key, order_number, reason="cancel")
            before = bookings.earlier(connection, entry)
            if before is not None:
                return before
            order = _processing(connection, order_number, "cancelled")
            owed = bookings.owed(connection, order.number)
            if owed > 0:
                bookings.write(connection, _rest(connection, order, key), owed)
            _change(connection, order, status="cancelled")
            _stock(connection, order.product, 1)
            return bookings.write(connection, entry, owed)

    def change_address(self, order_number: str, address: str, *, key: str) -> Booking:
        """Send an order that is not yet sent to another address; it may change again."""
        with self._database.writing() as connection:
            subject = f"order:{order_number}"
            entry = Entry("address", subject, key, order_number, once=False, reason="address")
            before = bookings.earlier(connection, entry)
            if before is not None:
                return before
            if not address.strip():
                raise NotPossible("The new address is empty.")
            order = _processing(connection, order_number, "sent to another address")
            _change(connection, order, address=" ".join(address.split()))
            return bookings.write(connection, entry)

    def return_label(self, order_number: str, *, key: str) -> Booking:
        """Send a label for sending an order back, once."""
        with self._database.writing() as connection:
            subject = f"order:{order_number}"
            entry = Entry("return_label", subject, key, order_number, reason="return")
            before = bookings.earlier(connection, entry)
            if before is not None:
                return before
            order = _locked(connection, order_number)
            if order.status != "delivered" or order.delivered_on is None:
                raise NotPossible(f"Order {order.number} is {order.status}, not delivered.")
            if self._today() - order.delivered_on > timedelta(days=RETURN_DAYS):
                raise NotPossible(f"{order.number} came more than {RETURN_DAYS} days ago.")
            _change(connection, order, status="returning")
            return bookings.write(connection, entry)

    def send_invoice(self, order_number: str, *, key: str) -> Booking:
        """E-mail the invoice of an order; a new key sends it again."""
        with self._database.writing() as connection:
            subject = f"order:{order_number}"
            entry = Entry("invoice", subject, key, order_number, once=False, reason="invoice")
            before = bookings.earlier(connection, entry)
            if before is not None:
                return before
            if not _locked(connection, order_number).invoice:
                raise NotPossible(f"The invoice of order {order_number} is not issued yet.")
            return bookings.write(connection, entry)

    def send_access_link(self, customer_id: str, *, key: str) -> Booking:
        """E-mail a link that lets the customer in, and unlock the account."""
        with self._database.writing() as connection:
            entry = Entry("access_link", customer_id, key, once=False, reason="access")
            before = bookings.earlier(connection, entry)
            if before is not None:
                return before
            _known(connection, customer_id)
            customers = tables.customers
            unlocked = customers.update().where(customers.c.id == customer_id)
            connection.execute(unlocked.values(locked=False))
            return bookings.write(connection, entry)

    def report(
        self, customer_id: str, issue: str, order_number: str | None, text: str, *, key: str
    ) -> Booking:
        """Open a case; a new key opens another."""
        with self._database.writing() as connection:
            subject = f"{customer_id}:{issue}"
            entry = Entry("case", subject, key, order_number, once=False, reason=issue)
            before = bookings.earlier(connection, entry)
            if before is not None:
                return before
            _known(connection, customer_id)
            if order_number is not None:
                _locked(connection, order_number)
            booking = bookings.write(connection, entry)
            row: dict[str, Any] = {"id": booking.id, "customer_id": customer_id}
            row |= {
                "issue": issue,
                "text": text,
                "order_number": order_number,
                "opened_on": self._today(),
            }
            row |= {"status": "open", "channel": "chat"}
            connection.execute(tables.cases.insert().values(**row))
            return booking

    def _today(self) -> date:
        return self._clock().date()


def _utc(moment: datetime) -> datetime:
    return moment.astimezone(timezone.utc).replace(tzinfo=None)


def _locked(connection: Connection, number: str | None, missing: str = "") -> Order:
    """Return an order; until the transaction ends nobody else books anything for it."""
    row = tables.orders.c.number == number
    connection.execute(sa.select(tables.orders.c.number).where(row).with_for_update())
    found = orders(connection, row)
    if not found:
        raise NotPossible(f"{missing or f'No order {number}'} in the shop.")
    return found[0]


def _processing(connection: Connection, number: str, what: str) -> Order:
    order = _locked(connection, number)
    if order.status != "processing":
        raise NotPossible(f"Order {number} is {order.status}: it can no longer be {what}.")
    return order


def _known(connection: Connection, customer_id: str) -> None:
    query = sa.select(tables.customers.c.id).where(tables.customers.c.id == customer_id)
    if connection.execute(query).first() is None:
        raise NotPossible(f"No customer {customer_id} in the shop.")


def _refundable(connection: Connection, order: Order, subject: str, amount_cents: int) -> None:
    """Check that so much was charged, by the charge and by the order, and not paid back."""
    payments = tables.payments.c
    query = sa.select(payments.amount_cents, payments.state).where(payments.id == subject)
    charge = connection.execute(query).first()
    if charge is not None and charge.state != "charged":
        raise NotPossible(f"{subject} is {charge.state}: no money was taken.")
    if charge is None and subject != f"order:{order.number}":
        raise NotPossible(f"No charge '{subject}' in the shop.")
    owed = bookings.owed(connection, order.number)
    most = owed if charge is None else min(owed, charge.amount_cents)
    if amount_cents > most:
        raise NotPossible(
            f"{amount_cents} cents for {subject} are more than the {most} cents that were "
            f"charged and not yet paid back."
        )


def _rest(connection: Connection, order: Order, key: str) -> Entry:
    """Return the entry that pays back what a cancelled order still owes."""
    subject = f"order:{order.number}"
    if subject in bookings.refunds(connection, order.number):
        subject = f"rest:{order.number}"
    return Entry("refund", subject, f"{key}:refund", order.number, reason="cancel")


def _change(connection: Connection, order: Order, **values: str) -> None:
    where = tables.orders.c.number == order.number
    connection.execute(tables.orders.update().where(where).values(**values))


def _stock(connection: Connection, product: str, change: int) -> None:
    products = tables.products
    taken = products.update().where(products.c.name == product)
    connection.execute(taken.values(units=products.c.units + change))
