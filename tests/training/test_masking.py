"""Personal data never gets into an example, and what is no personal data stays."""

import pytest

from bot.training.masking import mask

pytestmark = pytest.mark.unit


@pytest.mark.parametrize(
    "text, masked, kind",
    [
        ("mi correo es luis.p@gmail.com", "mi correo es ana@ejemplo.com", "e-mail"),
        ("llámenme al +34 655 123 456 hoy", "llámenme al 600 000 000 hoy", "telephone"),
        ("mi cel 55 1234 5678", "mi cel 600 000 000", "telephone"),
        ("la tarjeta 4539 1488 0343 6467", "la tarjeta 0000 0000 0000 0000", "card"),
        ("a la ES91 2100 0418 4502 0005 1332", "a la ES00 0000 0000 0000 0000 0000", "IBAN"),
        ("mi dni es 12345678Z, ¿vale?", "mi dni es 00000000T, ¿vale?", "DNI"),
        ("NIE X1234567L", "NIE X0000000T", "NIE"),
        ("curp GOMC850101HDFRRL09", "curp AAAA000101HDFAAA00", "CURP"),
        ("rfc GOMC850101AB1", "rfc XAXX010101000", "RFC"),
        ("mi rut es 12.345.678-5", "mi rut es 11.111.111-1", "RUT"),
        ("cuit 20-12345678-9", "cuit 20-00000000-0", "CUIT"),
        ("mi cédula es 1.020.345.678", "mi cédula es 00.000.000", "identity"),
        ("vivo en la calle Gran Vía 32, 3º B", "vivo en la calle Mayor 1", "address"),
        ("Av. Corrientes 1234, CABA", "Av. Mayor 1, CABA", "address"),
        ("carrera 15 # 93-60, Bogotá", "carrera 1 # 1-01, Bogotá", "address"),
        ("me llamo Juan Pérez y espero", "me llamo Ana Ruiz y espero", "name"),
        ("me llamo juan perez y espero", "me llamo ana ruiz y espero", "name"),
        ("hola, soy Laura, ¿me ayudan?", "hola, soy Ana, ¿me ayudan?", "name"),
        ("a nombre de Rosa Gil Martín", "a nombre de Ana Ruiz", "name"),
    ],
)
def test_personal_data_becomes_invented_data_of_its_kind(text, masked, kind):
    found = mask(text, language="es")
    assert found.text == masked
    assert kind in found.told[0]
    assert mask(found.text, language="es").told == ()


@pytest.mark.parametrize(
    "text, masked",
    [
        ("my name is john smith and I wait", "my name is ann smith and I wait"),
        ("I'm Sarah, call 07911 123456", "I'm Ann, call 07700 900000"),
        ("this is Mrs Tully speaking", "this is Mrs Ann speaking"),
        ("I live at 12 Baker Street", "I live at 1 High Street"),
        ("mail me at a.b@corp.co.uk", "mail me at ana@example.com"),
    ],
)
def test_english_texts_get_english_data(text, masked):
    assert mask(text, language="en").text == masked


@pytest.mark.parametrize(
    "text",
    [
        "el pedido 48213 no llega",
        "mi pedido es el 123456789",
        "seguimiento 1234567890123",
        "pagué 64,99 € el 27/10/2026 a las 10:30",
        "cobro de 1.234.567,00 pesos",
        "estoy en la calle hace 3 horas",
        "me llamo la atención que nadie responda",
        "soy de Madrid y soy cliente",
        "SOY CLIENTE Y NADIE ME AYUDA",
        "I'm Irish and I am Very Angry",
        "the agent was called Marcus, ref 3381",
        "",
    ],
)
@pytest.mark.parametrize("language", ["es", "en"])
def test_what_is_no_personal_data_stays(text, language):
    found = mask(text, language=language)
    assert (found.text, found.told) == (text, ())


def test_what_is_told_does_not_repeat_the_personal_data():
    told = " ".join(mask("soy Laura Gil, laura@gil.es, 655123456", language="es").told)
    assert "Gil" not in told
    assert "655" not in told
