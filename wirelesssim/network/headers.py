"""Headers: the bytes that each layer puts before a packet; at a payload of 40 bytes they are the cost.

`header: [ip, udp, dtls, coap]` is 20 + 8 + 37 + 5 = 70 B: of the 110 B on the air for 40 B of payload they are 64 %; of a
packet of 1500 B they are 5 %. Every packet decodes alone, so each is a record, or a publication, of its own with headers
of its own. A size may stand in the list, for what has no name here: `[ip, tcp, mqtt, 12 B]`, an MQTT topic of 12 bytes.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated, Any

from pydantic_core import PydanticCustomError, core_schema

from ..errors import InputError, Problem, unknown
from ..units import SIZE, Quantity

__all__ = ["LAYERS", "HeaderSize"]

LAYERS: dict[str, tuple[int, str]] = {  # name -> (bytes, what is counted and its source)
    "ip": (20, "IPv4 without options (RFC 791, 3.1)"),
    "ipv6": (40, "IPv6 without extension headers (RFC 8200, 3)"),
    "udp": (8, "UDP (RFC 768)"),
    "tcp": (20, "TCP without options (RFC 9293, 3.1)"),
    "tcp_timestamps": (12, "the timestamps option of TCP, 10 B, padded to 12 (RFC 7323, 3.2 and appendix A); besides `tcp`"),
    "tls": (22, "a TLS 1.3 record: 5 B of header, 1 B of content type, 16 B of AEAD tag (RFC 8446, 5.2; RFC 5116, 5.1)"),
    "dtls": (37, "a DTLS 1.2 record with AES-GCM: 13 B, 8 B of nonce, 16 B of tag (RFC 6347, 4.1; RFC 5288, 3)"),
    "mqtt": (7, "an MQTT 3.1.1 PUBLISH at QoS 1: 1 B, remaining length 2 B (1 where less than 128 B follow), length of the topic "
                "2 B, packet identifier 2 B; the topic itself is yours to add (OASIS MQTT 3.1.1, 2.2 and 3.3)"),
    "coap": (5, "CoAP: 4 B of header and 1 B of payload marker, without token and options (RFC 7252, 3)"),
    "ethernet": (18, "Ethernet: addresses and type 14 B, check sequence 4 B (IEEE 802.3, 3.1.1); counts in the mtu, too"),
    "llc": (8, "LLC and SNAP before IP in 802.11 frames (RFC 1042)"),
    "sdap": (1, "NR SDAP data PDU (TS 37.324, 6.2.2)"),
    "pdcp": (3, "NR PDCP data PDU with an 18-bit number, without integrity (TS 38.323, 6.2.2)"),
    "rlc": (3, "NR RLC acknowledged-mode PDU with an 18-bit number, unsegmented (TS 38.322, 6.2.2.4)"),
    "mac": (3, "NR MAC subheader with a 16-bit length (TS 38.321, 6.1.2)"),
    "lorawan": (13, "LoRaWAN: MHDR 1, FHDR 7 without options, FPort 1, MIC 4 (LoRaWAN 1.0.4, 4)"),
}
_SIZE = Quantity(SIZE, ge=0, le=2**40)


@dataclass(frozen=True)
class _HeaderField:
    """The annotation of a header: a size, or a list of layers' names and of sizes, whose sum it is; in bits."""

    def validate(self, value: Any) -> int:
        """Bits; PydanticCustomError names an entry that is neither a layer nor a size."""
        if not isinstance(value, (list, tuple)):
            return self._entry(value)
        found, problems = 0, []
        for index, item in enumerate(value):
            try:
                found += self._entry(item)
            except PydanticCustomError as error:
                problems.append(Problem((index,), error.message()))
        if problems:
            raise PydanticCustomError("nested", "{problems}", {"problems": InputError(problems).problems})
        return _SIZE.validate(found)

    @staticmethod
    def _entry(item: Any) -> int:
        if isinstance(item, str) and item in LAYERS:
            return 8 * LAYERS[item][0]
        if isinstance(item, str) and item.strip()[:1].isalpha():
            message = f"is an {unknown('layer', item, LAYERS)}; or give a size like '28 B'"
            raise PydanticCustomError("quantity", "{message}", {"message": message})
        return _SIZE.validate(item)

    def show(self, value: int) -> Any:
        """The size in all, as in a scenario file."""
        return _SIZE.show(value)

    def __get_pydantic_core_schema__(self, source, handler):
        return core_schema.no_info_plain_validator_function(self.validate)

    def __get_pydantic_json_schema__(self, schema, handler):
        one = _SIZE.__get_pydantic_json_schema__(schema, handler)
        return {"anyOf": [*one["anyOf"], {"type": "array", "items": one}]}


HeaderSize = Annotated[int, _HeaderField()]
