"""Made-up buyers: many buy once, some come back."""

from __future__ import annotations

from dataclasses import dataclass
from random import Random

from service.actions.demo.words import ESTATES, GIVEN, NICK_HEADS, NICK_TAILS, PLACES, STREETS, SURNAMES


@dataclass(frozen=True)
class Buyer:
    """Who buys, and where it goes."""

    nick: str
    name: str
    phone: str
    province: str
    city: str
    district: str
    address: str
    postcode: str


class Buyers:
    """A crowd that grows: a quarter of the orders come from people who bought before."""

    def __init__(self, random: Random) -> None:
        """Start with nobody."""
        self.random = random
        self.known: list[Buyer] = []

    def next(self) -> Buyer:
        """Return who buys now."""
        if self.known and self.random.random() < 0.25:  # noqa: PLR2004 -- a quarter
            return self.random.choice(self.known)
        buyer = self._stranger()
        self.known.append(buyer)
        return buyer

    def _stranger(self) -> Buyer:
        random = self.random
        province, city, districts, _weight = random.choices(PLACES, weights=[place[3] for place in PLACES])[0]
        name = random.choice(SURNAMES) + "".join(random.sample(GIVEN, random.choice((1, 2, 2))))
        street = f"{random.choice(STREETS)}{random.randint(1, 399)}号"
        stairs = f"{random.randint(1, 18)}栋{random.randint(1, 3)}单元"
        home = f"{random.choice(ESTATES)}{stairs}{random.randint(1, 30)}0{random.randint(1, 4)}室"
        nick = random.choice(NICK_HEADS) + random.choice(GIVEN) + random.choice(NICK_TAILS)
        return Buyer(
            nick=f"{nick}{random.randint(1, 9999)}",
            name=name,
            phone=f"1{random.choice('3578')}{random.randint(0, 9)}0000{random.randint(0, 9999):04d}",
            province=province,
            city=city,
            district=random.choice(districts),
            address=f"{street}{home}",
            postcode=f"{random.randint(1000, 8500)}00",
        )
