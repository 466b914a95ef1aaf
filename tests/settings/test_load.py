"""`coldchain.yaml` and variables to settings: what is read, and every problem with its place."""

from pathlib import Path
from textwrap import dedent

import pytest

from coldchain.errors import SettingsError
from coldchain.payloads.routing import Route
from coldchain.settings import Location, MailChannel, Secret, Sensor, Settings, WebhookChannel, load

Written = dict[str, str]


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    return tmp_path


def read(folder: Path, text: str, variables: Written | None = None) -> Settings:
    (folder / "coldchain.yaml").write_text(dedent(text), encoding="utf-8")
    return load(None, variables or {})


def problems(folder: Path, text: str, variables: Written | None = None) -> list[str]:
    with pytest.raises(SettingsError) as refused:
        read(folder, text, variables)
    return [str(problem) for problem in refused.value.problems]


def test_without_a_file_or_variables_everything_has_a_safe_default(folder: Path) -> None:
    settings = load(None, {"PATH": "/bin", "COLDCHAIN_HTTP_PORT": ""})
    assert settings.database_url == f"sqlite:///{folder}/coldchain-data/coldchain.db"
    assert (settings.http.host, settings.http.port) == ("127.0.0.1", 8080)
    assert settings.public_url == "http://127.0.0.1:8080"
    assert (settings.mqtt.mode, settings.mqtt.host, settings.mqtt.port) == ("broker", "127.0.0.1", 1883)
    assert settings.mqtt.routes == (Route("coldchain/readings/#", "native"),)
    assert settings.tz == "UTC"
    assert not settings.secure_cookies
    assert not settings.data.exists()  # reading the settings writes nothing


def test_everything_at_once(folder: Path) -> None:
    (folder / "mail-password").write_text("right horse\n")
    (folder / "ca.pem").write_text("x")
    (folder / "hook").write_text("https://chat.example.org/hook/T0K3N\n")
    (folder / "token").write_text("0123456789abcdef0123456789abcdef")
    settings = read(
        folder,
        """
        tz: Europe/Berlin
        public_url: https://cold.example.org/
        site_name: St. Anna
        data: record
        http:
          tokens:
            gateway-1: {token_file: token, may_write: yes}
        mqtt:
          host: broker.example.org
          tls: true
          ca_file: ca.pem
          user: coldchain
          protocol: 3.1.1
          routes:
            - {filter: zigbee2mqtt/+, decoder: zigbee2mqtt}
            - {filter: tele/+/SENSOR, decoder: tasmota, tz: Europe/London}
        locations:
          ward-3:
            title: Ward 3 refrigerator
            area: Ward 3
            product: lemtrada
            stage: unopened
            sensor: fridge-3
            channel: probe
            range: −40..80 °C
            uncertainty: 0.5 °C
            max_gap: 30 min
            since: 2026-11-01
          store:
            title: Pharmacy store
            product: besponsa
            sensors:
              - name: s-1
                calibration: certificate 17
                calibrated_on: 2026-03-01
                calibration_due: 2027-03-01
                power_up: true
              - {name: s-2, range: -4..104 F}
        alerts:
          mail:
            pharmacy:
              host: smtp.example.org
              user: coldchain
              password_file: mail-password
              from: coldchain@example.org
              to: [on-call@example.org, pharmacy@example.org]
          webhooks:
            ops: {url_file: hook, timeout: 5 s}
        """,
        {"COLDCHAIN_MQTT_PASSWORD": "p/w", "COLDCHAIN_ALERTS_WEBHOOKS_OPS_SECRET": "shared"},
    )
    assert settings.public_url == "https://cold.example.org"
    assert settings.secure_cookies
    assert settings.data == folder / "record"
    assert (settings.mqtt.port, settings.mqtt.protocol, settings.mqtt.ca_file) == (8883, "3.1.1", folder / "ca.pem")
    assert settings.mqtt.password == Secret("p/w")
    assert settings.mqtt.routes[1] == Route("tele/+/SENSOR", "tasmota", "Europe/London")
    assert len(settings.mqtt.routes) == 3
    assert settings.http.tokens[0].may_write
    midnight_in_berlin_ms = 1_793_487_600_000
    assert settings.locations == (
        Location(
            "ward-3", "Ward 3 refrigerator", "lemtrada",
            (Sensor("fridge-3", "probe", 1_800_000, -40_000, 80_000, 500),),
            "Ward 3", "unopened", midnight_in_berlin_ms,
        ),
        Location(
            "store", "Pharmacy store", "besponsa",
            (
                Sensor("s-1", "", None, None, None, 0, "certificate 17", "2026-03-01", "2027-03-01", power_up=True),
                Sensor("s-2", low_milli_c=-20_000, high_milli_c=40_000),
            ),
        ),
    )  # fmt: skip
    assert settings.alerts.mail == (
        MailChannel(
            "pharmacy", "smtp.example.org", "coldchain@example.org", ("on-call@example.org", "pharmacy@example.org"),
            user="coldchain", password=Secret("right horse"),
        ),
    )  # fmt: skip
    hook = WebhookChannel("ops", Secret("https://chat.example.org/hook/T0K3N"), Secret("shared"), None, 5.0)
    assert settings.alerts.webhooks == (hook,)


def test_no_secret_is_ever_printed(folder: Path) -> None:
    settings = read(
        folder,
        """
        database: {url: postgresql://coldchain@db/coldchain}
        mqtt: {user: u}
        alerts: {webhooks: {ops: {url: https://chat.example.org/T0K3N}}}
        """,
        {"COLDCHAIN_DATABASE_PASSWORD": "s3cret/@:", "COLDCHAIN_MQTT_PASSWORD": "s3cret"},
    )
    assert settings.database_url == "postgresql+psycopg://coldchain:s3cret%2F%40%3A@db/coldchain"
    assert settings.shown_database == "postgresql+psycopg://coldchain@db/coldchain"
    for shown in (repr(settings), str(settings), f"{settings.mqtt.password}"):
        assert "s3cret" not in shown
        assert "T0K3N" not in shown


@pytest.mark.parametrize(
    ("case", "text", "said"),
    [
        ("a misspelt key", "htpp: {port: 1}", "1:1: unknown key 'htpp'; did you mean 'http'?"),
        (
            "a key of nothing",
            "http: {zzzzz: 1}",
            "1:8: unknown key 'zzzzz'; there is allow_plain, host, port, tokens, trusted_proxies, webhooks",
        ),
        (
            "a webhook without a secret",
            "http: {webhooks: {dt: {decoder: disruptive}}}",
            "1:23: http.webhooks.dt needs 'secret_file': the file that holds the secret shared with whoever posts",
        ),
        (
            "a webhook's proof that there is not",
            f"http: {{webhooks: {{dt: {{decoder: disruptive, proof: md5, secret: {'s' * 20}}}}}}}",
            "1:52: there is no proof 'md5'; there are hmac-sha256, disruptive, bearer, basic",
        ),
        (
            "a route's codec that there is not",
            "mqtt: {routes: [{filter: a/#, decoder: chirpstack, codec: elsis}]}",
            "1:59: there is no codec 'elsis'; did you mean 'elsys'?",
        ),
        (
            "a route's unit that there is not",
            "mqtt: {routes: [{filter: a/#, decoder: esphome, unit: degC}]}",
            "1:55: there is no unit 'degC'; write C, F or K",
        ),
        ("a key twice", "tz: UTC\ntz: UTC", "2:1: 'tz' is given twice: first on line 1"),
        ("a list for a section", "http: [1]", "1:7: http must be 'key: value' lines"),
        ("a list for a value", "tz: [1]", "1:5: tz is one value, not a list"),
        ("a text for everything", "hello", "1:1: the file must be 'key: value' lines"),
        ("a port too high", "http: {port: 65536}", "1:14: port is a whole number from 0 to 65535 (got '65536')"),
        ("a negative port", "http: {port: -1}", "1:14: port is a whole number from 0 to 65535 (got '-1')"),
        ("an unknown zone", "tz: Mars/Olympus",
         "1:5: 'Mars/Olympus' is no time zone; write one such as 'Europe/Berlin' or 'UTC'"),
        ("a zone that is a path", "tz: ../../etc/passwd",
         "1:5: '../../etc/passwd' is no time zone; write one such as 'Europe/Berlin' or 'UTC'"),
        ("no flag", "http: {allow_plain: maybe}", "1:21: allow_plain is true or false (got 'maybe')"),
        ("no mode", "mqtt: {mode: both}", "1:14: mode is one of broker, embedded, off (got 'both')"),
        ("an address without a scheme", "public_url: cold.example.org",
         "1:13: public_url is an address such as 'https://cold.example.org' (got 'cold.example.org')"),
        ("an address with a password", "public_url: https://a:b@c",
         "1:13: public_url stands in every alert: it holds no user name and no password"),
        ("no folder of rules", "rules: nowhere", "1:8: there is no folder {folder}/nowhere"),
        ("a public bind", "http: {host: 0.0.0.0}",
         "1:14: 0.0.0.0 would serve plain HTTP to other machines: keep 127.0.0.1 and put a web server with TLS before "
         "it, or say 'allow_plain: true'"),
        ("a name as bind", "http: {host: cold.example.org}",
         "1:14: cold.example.org would serve plain HTTP to other machines: keep 127.0.0.1 and put a web server with "
         "TLS before it, or say 'allow_plain: true'"),
        ("a proxy by its name", "http: {trusted_proxies: [proxy.example.org]}",
         "1:25: a proxy is an address or a network such as 127.0.0.1 or 10.0.3.0/24 (got 'proxy.example.org')"),
        ("everybody as a proxy", "http: {trusted_proxies: [0.0.0.0/0]}",
         "1:25: 0.0.0.0/0 is no proxy but half the world: name the web server's address"),
        ("a broker elsewhere without TLS", "mqtt: {host: broker}",
         "1:14: MQTT would cross the network unencrypted: say 'tls: true', or 'allow_plain: true'"),
        ("TLS of the embedded broker without a certificate", "mqtt: {mode: embedded, tls: yes}",
         "1:29: the embedded broker needs its own certificate_file and key_file for TLS"),
        ("the embedded broker for everybody", "mqtt: {mode: embedded, host: 0.0.0.0, allow_plain: true}",
         "1:7: mqtt needs 'user': beyond this machine, the embedded broker needs a user and a password for "
         "gateways, or an accounts_file for devices ('coldchain device add' makes it)"),
        ("a certificate that is not there", "mqtt: {tls: true, ca_file: x.pem}",
         "1:28: there is no file {folder}/x.pem"),
        ("a password in the file", "mqtt: {user: u, password: p}",
         "1:27: secrets do not stand in this file: write password_file, or set COLDCHAIN_MQTT_PASSWORD"),
        ("a password in the database's address", "database: {url: 'postgresql://u:p@h/d'}",
         "1:17: the url holds a password: write password_file, or set COLDCHAIN_DATABASE_PASSWORD"),
        ("a secret file that is not there", "mqtt: {user: u, password_file: none}",
         "1:32: cannot read the secret in {folder}/none: No such file or directory"),
        ("a record in memory", "database: {url: 'sqlite://'}",
         "1:17: the record needs a file, such as 'sqlite:///coldchain.db'"),
        ("another database", "database: {url: 'mysql://x'}",
         "1:17: url is 'sqlite:///FILE' or 'postgresql://USER@HOST/DATABASE'"),
        ("no decoder", "mqtt: {routes: [{filter: a/+, decoder: zigbee}]}",
         "1:40: there is no decoder 'zigbee'; did you mean 'zigbee2mqtt'?"),
        ("no filter", "mqtt: {routes: [{filter: a/#/b, decoder: native}]}",
         "1:26: in the topic filter 'a/#/b', # must stand alone as the last level"),
        ("routes that are none", "mqtt: {routes: native}", "1:16: routes must be a list, one '- ' a line"),
        ("a name with a space", "locations: {Ward 3: {title: x}}",
         "1:13: a name is made of a–z, 0–9 and single '-' (got 'Ward 3')"),
        ("a location without anything", "locations: {w: {}}",
         "1:16: locations.w needs 'title'|1:16: locations.w needs 'product'|1:16: locations.w needs 'sensor'"),
        ("no product", "locations: {w: {title: x, product: lemtrade, sensor: s}}",
         "1:36: there is no product 'lemtrade'; did you mean 'lemtrada'?*"),
        ("no stage", "locations: {w: {title: x, product: lemtrada, stage: unopend, sensor: s}}",
         "1:53: lemtrada has no stage 'unopend'; did you mean 'unopened'?"),
        ("a sensor in two places",
         "locations:\n  a: {title: x, product: lemtrada, sensor: s}\n  b: {title: x, product: lemtrada, sensor: s}",
         "3:44: sensor 's' already hangs in 'a'"),
        ("a range without a unit", "locations: {w: {title: x, product: lemtrada, sensor: s, range: 2..8}}",
         "1:64: range is two temperatures with their unit, such as '-40..80 °C' (got '2..8')"),
        ("a range upside down", "locations: {w: {title: x, product: lemtrada, sensor: s, range: 8..2 C}}",
         "1:64: range is two temperatures with their unit, such as '-40..80 °C' (got '8..2 C')"),
        ("a gap without a unit", "locations: {w: {title: x, product: lemtrada, sensor: s, max_gap: 30}}",
         "1:66: max_gap: write a duration*"),
        ("a gap of nothing", "locations: {w: {title: x, product: lemtrada, sensor: s, max_gap: 0 min}}",
         "1:66: max_gap must be longer than nothing"),
        ("no date", "locations: {w: {title: x, product: lemtrada, sensor: s, since: yesterday}}",
         "1:64: since is a date and time such as '2026-11-01' or '2026-11-01T08:00:00Z' (got 'yesterday')"),
        ("no day", "locations: {w: {title: x, product: lemtrada, sensor: s, calibrated_on: last May}}",
         "1:72: calibrated_on is a day such as '2026-03-01' (got 'last May')"),
        ("due before it was done",
         "locations: {w: {title: x, product: lemtrada, sensor: s, calibrated_on: 2026-03-01, "
         "calibration_due: 2026-03-01}}",
         "1:101: calibration_due is later than calibrated_on (2026-03-01) (got 2026-03-01)"),
        ("a line end in an address", 'alerts: {mail: {p: {host: h, from: a@b.c, to: "x@y.z\\nBcc: v@w.x"}}}',
         "1:47: 'x@y.z\\nBcc: v@w.x' is no e-mail address"),
        ("nobody to tell", "alerts: {mail: {p: {host: h, from: a@b.c}}}",
         "1:20: alerts.mail.p needs 'to': the addresses that are told"),
        ("a hook that is none", "alerts: {webhooks: {p: {url: 'ftp://x'}}}",
         "1:30: url is an address such as 'https://chat.example.org/hook', without a user or password"),
        ("a hook without an address", "alerts: {webhooks: {p: {}}}", "1:24: alerts.webhooks.p needs 'url'*"),
        ("no YAML", "a: [", "2:1: not readable as YAML*"),
        ("a control character", "tz: \x07", "1:5: a character that text files do not hold: U+0007"),
        ("an alias", "tz: &a UTC\npublic_url: *a", "1:5: an anchor (&a) is not allowed here*"),
    ],
)  # fmt: skip
def test_problems_name_their_place_and_what_would_be_right(folder: Path, case: str, text: str, said: str) -> None:
    found = problems(folder, text)
    for expected in said.replace("{folder}", str(folder)).split("|"):
        whole = f"coldchain.yaml:{expected}"
        if whole.endswith("*"):
            assert any(each.startswith(whole[:-1]) for each in found), (case, found)
        else:
            assert whole in found, (case, found)


@pytest.mark.parametrize(
    ("case", "name", "value", "said"),
    [
        ("misspelt", "COLDCHAIN_HTPP_PORT", "1", "this variable names no setting; did you mean COLDCHAIN_HTTP_PORT?"),
        ("of nothing", "COLDCHAIN_QQQQQQQQQQQQQQQQQQQQ", "1", "this variable names no setting"),
        ("a bad value", "COLDCHAIN_HTTP_PORT", "x", "port is a whole number from 0 to 65535 (got 'x')"),
        ("a secret file", "COLDCHAIN_MQTT_PASSWORD_FILE", "/no/such", "cannot read the secret in /no/such: *"),
    ],
)
def test_problems_with_variables_name_the_variable(folder: Path, case: str, name: str, value: str, said: str) -> None:
    found = problems(folder, "mqtt: {user: u}", {name: value})
    assert any(each.startswith(f"{name}:1:1: {said.rstrip('*')}") for each in found), (case, found)


def test_variables_win_over_the_file(folder: Path) -> None:
    settings = read(
        folder,
        """
        tz: UTC
        alerts: {mail: {pharmacy: {host: a, from: a@b.c, to: x@y.z}}}
        """,
        {
            "COLDCHAIN_TZ": "Europe/Berlin",
            "COLDCHAIN_ALERTS_MAIL_PHARMACY_TO": "one@example.org, two@example.org",
            "COLDCHAIN_ALERTS_MAIL_PHARMACY_HOST": "b",
        },
    )
    assert settings.tz == "Europe/Berlin"
    assert settings.alerts.mail[0].to == ("one@example.org", "two@example.org")
    assert settings.alerts.mail[0].host == "b"


def test_proxies_are_addresses_and_networks(folder: Path) -> None:
    (folder / "coldchain.yaml").write_text("http:\n  trusted_proxies: [127.0.0.1, 10.0.3.0/24]\n")
    assert [str(each) for each in load(folder / "coldchain.yaml", {}).http.trusted_proxies] == [
        "127.0.0.1/32",
        "10.0.3.0/24",
    ]


def test_a_secret_comes_from_its_variable_or_from_a_file_but_not_from_both(folder: Path) -> None:
    (folder / "p").write_text("from a file\n")
    assert read(folder, "mqtt: {user: u, password_file: p}").mqtt.password == Secret("from a file")
    variables = {"COLDCHAIN_MQTT_PASSWORD": "from a variable"}
    assert read(folder, "mqtt: {user: u, password_file: p}", variables).mqtt.password == Secret("from a variable")
    variables["COLDCHAIN_MQTT_PASSWORD_FILE"] = str(folder / "p")
    assert problems(folder, "mqtt: {user: u}", variables) == [
        "COLDCHAIN_MQTT_PASSWORD:1:1: set COLDCHAIN_MQTT_PASSWORD or COLDCHAIN_MQTT_PASSWORD_FILE, not both"
    ]


def test_every_problem_is_named_at_once(folder: Path) -> None:
    found = problems(folder, "tz: x\nhttp: {port: x, host: 0.0.0.0}\nmqtt: {mode: x}\n", {"COLDCHAIN_X": "1"})
    assert len(found) == 5
    assert found == sorted(found)


def test_the_named_file_must_be_there(folder: Path) -> None:
    for chosen, variables in ((folder / "no.yaml", {}), (None, {"COLDCHAIN_CONFIG": str(folder / "no.yaml")})):
        with pytest.raises(SettingsError, match="cannot read the settings: No such file"):
            load(chosen, variables)


def test_relative_paths_in_the_file_count_from_its_folder(folder: Path) -> None:
    inner = folder / "etc"
    inner.mkdir()
    (inner / "c.yaml").write_text("data: record\ndatabase: {url: 'sqlite:///here.db'}\n")
    settings = load(inner / "c.yaml", {})
    assert settings.data == inner / "record"
    assert settings.database_url == f"sqlite:///{inner}/here.db"
    settings = load(inner / "c.yaml", {"COLDCHAIN_DATA": "mine", "COLDCHAIN_DATABASE_URL": "sqlite:///mine.db"})
    assert settings.data == folder / "mine"
    assert settings.database_url == f"sqlite:///{folder}/mine.db"


def test_own_product_files_stand_beside_the_shipped_ones(folder: Path) -> None:
    own = folder / "rules"
    own.mkdir()
    shipped = Path(__file__).parents[2] / "rules" / "lemtrada.yaml"
    (own / "ours.yaml").write_text(shipped.read_text(encoding="utf-8").replace("id: lemtrada", "id: ours"))
    text = "rules: rules\nlocations: {w: {title: x, product: ours, sensor: s}}"
    assert read(folder, text).locations[0].product == "ours"
    (own / "ours.yaml").write_text("id: ours\nschema: nonsense\n")
    assert any(each.startswith(f"{own}/ours.yaml:") for each in problems(folder, text))
