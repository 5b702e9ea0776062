#!/usr/bin/env python3
"""Checks a package of evidence about one mail, as docs/formats.md of Muniment describes it.

    python3 verify.py proof.zip [--checkpoint FILE]

Needs Python 3.8 or later and its standard library, no network, and no trust in the server that made the package.
FILE is a checkpoint of the same log that you got by another way; only that makes the proof hold against
whoever keeps the log's signing key. Exit code 0 when everything holds, 1 when anything does not.
"""
import base64
import hashlib
import json
import re
import sys
import uuid
import zipfile

RECORD_MEMBERS = ['v', 'epoch', 'stream', 'revision', 'id', 'type', 'version', 'at', 'actor', 'cause', 'data', 'key', 'seal']
SALT_OCTETS = 32
MAX_TEXT_OCTETS = 16 * 1024 * 1024


class Failed(Exception):
    """A check does not hold; the text says which and why."""


def require(holds, text):
    if not holds:
        raise Failed(text)


# Ed25519 signatures: RFC 8032, section 5.1.

P = 2**255 - 19
L = 2**252 + 27742317777372353535851937790883648493
D = -121665 * pow(121666, P - 2, P) % P
SQRT_MINUS_1 = pow(2, (P - 1) // 4, P)


def recover_x(y, sign):
    if y >= P:
        return None
    x2 = (y * y - 1) * pow(D * y * y + 1, P - 2, P) % P
    x = pow(x2, (P + 3) // 8, P)
    if (x * x - x2) % P != 0:
        x = x * SQRT_MINUS_1 % P
    if (x * x - x2) % P != 0 or (x == 0 and sign):
        return None
    return P - x if x & 1 != sign else x


BASE_Y = 4 * pow(5, P - 2, P) % P
BASE_X = recover_x(BASE_Y, 0)
BASE = (BASE_X, BASE_Y, 1, BASE_X * BASE_Y % P)
NEUTRAL = (0, 1, 1, 0)


def add(p, q):
    a = (p[1] - p[0]) * (q[1] - q[0]) % P
    b = (p[1] + p[0]) * (q[1] + q[0]) % P
    c = 2 * p[3] * q[3] * D % P
    d = 2 * p[2] * q[2] % P
    e, f, g, h = b - a, d - c, d + c, b + a
    return (e * f % P, g * h % P, f * g % P, e * h % P)


def multiply(scalar, point):
    total = NEUTRAL
    while scalar > 0:
        if scalar & 1:
            total = add(total, point)
        point = add(point, point)
        scalar >>= 1
    return total


def equal(p, q):
    return (p[0] * q[2] - q[0] * p[2]) % P == 0 and (p[1] * q[2] - q[1] * p[2]) % P == 0


def decompress(octets):
    number = int.from_bytes(octets, 'little')
    y = number & ((1 << 255) - 1)
    x = recover_x(y, number >> 255)
    return None if x is None else (x, y, 1, x * y % P)


def is_signature(public_key, text, signature):
    a = decompress(public_key)
    r = decompress(signature[:32])
    s = int.from_bytes(signature[32:], 'little')
    if a is None or r is None or s >= L:
        return False
    k = int.from_bytes(hashlib.sha512(signature[:32] + public_key + text).digest(), 'little') % L
    return equal(multiply(s, BASE), add(r, multiply(k, a)))


# The Merkle tree: RFC 9162, section 2.1.

def leaf_hash(record):
    return hashlib.sha256(b'\x00' + record).digest()


def node_hash(left, right):
    return hashlib.sha256(b'\x01' + left + right).digest()


def is_included(leaf, index, size, proof, root):
    if not 0 <= index < size:
        return False
    place, last, node = index, size - 1, leaf
    for sibling in proof:
        if last == 0:
            return False
        if place & 1 or place == last:
            node = node_hash(sibling, node)
            while not place & 1 and place != 0:
                place, last = place >> 1, last >> 1
        else:
            node = node_hash(node, sibling)
        place, last = place >> 1, last >> 1
    return last == 0 and node == root


# Texts of the package.

class LogKey:
    """log.pub: <log id>/<epoch>+<key hash>+<base64(0x01 + public key)>"""

    def __init__(self, text):
        match = re.fullmatch(r'([0-9a-f-]{36}/[1-9][0-9]*)\+([0-9a-f]{8})\+([A-Za-z0-9+/=]+)\n', text)
        require(match, 'log.pub: it is not a public key of a log')
        self.origin = match[1]
        octets = decode(match[3], 33, 'log.pub: the key')
        require(octets[0] == 1, 'log.pub: it is not an Ed25519 key')
        self.public_key = octets[1:]
        self.hash = hashlib.sha256(self.origin.encode() + b'\n\x01' + self.public_key).digest()[:4]
        require(self.hash.hex() == match[2], 'log.pub: the key hash is not that of the key')


class Checkpoint:
    """Origin, size, root, time; a blank line; signatures."""

    def __init__(self, text, name):
        self.name = name
        signed, blank, signatures = text.partition('\n\n')
        match = re.fullmatch(r'([0-9a-f-]{36}/[1-9][0-9]*)\n([1-9][0-9]{0,14})\n([A-Za-z0-9+/=]{44})\n([0-9]{1,15})', signed)
        require(blank and match, name + ': it is not a checkpoint')
        self.signed = (signed + '\n').encode()
        self.origin = match[1]
        self.size = int(match[2])
        self.root = decode(match[3], 32, name + ': the root')
        start = '\u2014 ' + self.origin + ' '
        lines = [line for line in signatures.split('\n') if line.startswith(start)]
        require(lines, name + ': it has no signature of its log')
        octets = decode(lines[0][len(start):], 68, name + ': the signature')
        self.key_hash, self.signature = octets[:4], octets[4:]

    def check(self, key):
        require(self.origin == key.origin, '%s: it is of the log %s, log.pub of %s' % (self.name, self.origin, key.origin))
        require(self.key_hash == key.hash, self.name + ': it is signed with another key than log.pub')
        require(is_signature(key.public_key, self.signed, self.signature), self.name + ': the signature is wrong')


def decode(text, octets, what):
    try:
        decoded = base64.b64decode(text, validate=True)
    except ValueError:
        decoded = b''
    # Base64 has spare bits: only one of the texts for the same octets counts.
    require(len(decoded) == octets and base64.b64encode(decoded).decode() == text, what + ' is not base64 of %d octets' % octets)
    return decoded


def no_float(text):
    raise Failed('a number is not an integer: ' + text)


def members(pairs):
    result = dict(pairs)
    require(len(result) == len(pairs), 'a member stands twice')
    return result


def parse_json(octets, name):
    try:
        return json.loads(octets.decode('utf-8'), object_pairs_hook=members, parse_float=no_float, parse_constant=no_float)
    except Failed as failed:
        raise Failed('%s: %s' % (name, failed))
    except (UnicodeDecodeError, ValueError, RecursionError):
        raise Failed(name + ': it is not JSON in UTF-8')


def is_count(value):
    return isinstance(value, int) and not isinstance(value, bool) and value >= 0


def parse_record(octets, name):
    record = parse_json(octets, name)
    require(isinstance(record, dict) and list(record) == RECORD_MEMBERS, name + ': its members are not those of a record, in their order')
    compact = json.dumps(record, ensure_ascii=False, separators=(',', ':'))
    require(compact.encode('utf-8', 'surrogatepass') == octets, name + ': it is not written as records are')
    require(record['v'] == 1, name + ': its format version is not 1')
    require(is_count(record['revision']) and is_count(record['at']) and isinstance(record['data'], dict),
            name + ': its revision, time or data are not of their kind')
    return record


class Package:
    def __init__(self, archive):
        self.archive = archive
        names = archive.namelist()
        require(len(names) == len(set(names)), 'a file stands in the package twice')
        self.unused = set(names) - {'README.txt', 'verify.py'}

    def open(self, name):
        require(name in self.unused, name + ': it is missing from the package, or named twice')
        self.unused.discard(name)
        return self.archive.open(name)

    def read(self, name):
        with self.open(name) as file:
            octets = file.read(MAX_TEXT_OCTETS + 1)
        require(len(octets) <= MAX_TEXT_OCTETS, name + ': it is too large')
        return octets

    def text(self, name):
        try:
            return self.read(name).decode('utf-8')
        except UnicodeDecodeError:
            raise Failed(name + ': it is not UTF-8')


def read_manifest(package):
    manifest = parse_json(package.read('manifest.json'), 'manifest.json')
    require(isinstance(manifest, dict) and manifest.get('v') == 1, 'manifest.json: it is not of version 1')
    events = manifest.get('events')
    require(isinstance(events, list) and events, 'manifest.json: it names no events')
    for event in events:
        require(isinstance(event, dict) and is_count(event.get('index')), 'manifest.json: an event has no index')
        name = 'manifest.json, event at %d' % event['index']
        require(event.get('record') == 'records/%d.json' % event['index'], name + ': it names another record')
        require(event.get('personal') in (None, 'personal/%d.bin' % event['index']), name + ': it names another personal part')
        proof = event.get('proof')
        require(isinstance(proof, list) and all(isinstance(h, str) and re.fullmatch('[0-9a-f]{64}', h) for h in proof),
                name + ': its proof is not a list of hashes')
    return manifest


def related_id(text):
    """Ids of what belongs to a message follow from it: a UUID of version 8 out of a hash."""
    octets = bytearray(hashlib.sha256(text.encode()).digest()[:16])
    octets[6] = 0x80 | octets[6] & 0x0f
    octets[8] = 0x80 | octets[8] & 0x3f
    return str(uuid.UUID(bytes=bytes(octets)))


def streams_of(message, record):
    """Where a record about this message may stand."""
    return ['message-%s' % message,
            'approval-' + related_id('approval %s' % message),
            'delivery-' + related_id('delivery %s %s' % (message, record['data'].get('ordinal')))]


def check_record(octets, entry, manifest, checkpoint):
    name = entry['record']
    record = parse_record(octets, name)
    message = manifest.get('message')
    require(record['stream'] in streams_of(message, record), '%s: it is of the stream %s, not of message-%s' % (name, record['stream'], message))
    proof = [bytes.fromhex(text) for text in entry['proof']]
    require(is_included(leaf_hash(octets), entry['index'], checkpoint.size, proof, checkpoint.root),
            '%s: it is not record %d of the log that the checkpoint signs' % (name, entry['index']))
    return record


def check_chain(records):
    """Revisions follow one another from 0 in the log's order, times never go back."""
    for i, (index, record) in enumerate(records):
        name = 'records/%d.json' % index
        require(record['revision'] == i, '%s: its revision is %r, the %s of %s is missing' % (name, record['revision'], 'event before it' if i else 'first event', record['stream']))
        if i > 0:
            before_index, before = records[i - 1]
            require(index > before_index, name + ': it stands before an earlier event of its stream')
            require(record['at'] >= before['at'], name + ': its time is before that of an earlier event')


def check_personal(octets, record, name):
    require(record['seal'] is not None, name + ': its record has no personal part')
    require(hashlib.sha256(octets).hexdigest() == record['seal'], name + ': it is not what the seal of its record says')
    personal = parse_json(octets[SALT_OCTETS:], name)
    require(isinstance(personal, dict), name + ': it is not an object')
    return personal


def check_mail(package, personal, derived, signed):
    """mail.eml is the trace text and then the octets that were accepted, from which rules may have derived others. Gives their
    number and the digests of what may have left."""
    require(isinstance(personal.get('trace'), str), 'mail.eml: its record has no trace text')
    trace = personal['trace'].encode('utf-8', 'surrogatepass')
    accepted = hashlib.sha256()
    plain = sent_hash('', trace)
    behind = plain if signed is None else sent_hash(signed.get('fields'), trace)
    derivation = hashlib.sha256()
    goes_on = {plain, behind, derivation}
    octets = 0
    with package.open('mail.eml') as file:
        require(file.read(len(trace)) == trace, 'mail.eml: it does not begin with the trace text of its record')

        def take(count, digests):
            taken = 0
            for piece in iter(lambda: file.read(min(1 << 20, count - taken)), b''):
                for each in digests:
                    each.update(piece)
                taken += len(piece)
            return taken

        for at, remove, insert in edits_of(derived):
            require(at >= octets, 'mail.eml: the edits of what was derived overlap')
            octets += take(at - octets, {accepted} | goes_on)
            require(octets == at, 'mail.eml: an edit of what was derived lies behind its end')
            for each in goes_on:
                each.update(insert)
            octets += take(remove, {accepted})
        octets += take(sys.maxsize, {accepted} | goes_on)
    require(accepted.hexdigest() == personal.get('sha256'), 'mail.eml: it is not the mail that was accepted')
    require(derived is None or derivation.hexdigest() == derived.get('sha256'), 'mail.eml: what was derived does not follow from it')
    require(signed is None or behind.hexdigest() == signed.get('sha256'), 'mail.eml: what left is not this mail behind its signatures')
    return octets + len(trace), {plain.hexdigest(): '', behind.hexdigest(): '' if signed is None else ' and behind its signatures'}


def edits_of(derived):
    """What rules changed: offset, octets that go, octets instead."""
    if derived is None:
        return []
    edits = derived.get('edits')
    require(isinstance(edits, list), 'mail.eml: the record of what was derived has no edits')
    for edit in edits:
        require(isinstance(edit, dict) and is_count(edit.get('at')) and is_count(edit.get('remove')) and isinstance(edit.get('insert'), str),
                'mail.eml: an edit of what was derived is none')
    return [(edit['at'], edit['remove'], base64.b64decode(edit['insert'])) for edit in edits]


def sent_hash(fields, trace):
    """Of the signature fields and what follows them, as far as the trace text: Return-Path does not leave."""
    require(isinstance(fields, str), 'mail.eml: the record of its signatures has no fields')
    line, _, rest = trace.partition(b'\r\n')
    return hashlib.sha256(fields.encode('utf-8', 'surrogatepass') + (rest if line.startswith(b'Return-Path: ') else trace))


def check_approval(events, say):
    """What was decided on are the octets that were accepted, or what rules derived from them, and for whom it waited nothing left before."""
    going = [record for _, record, _ in events if record['type'] in ('MessageAccepted', 'MailDerived')]
    held = {}
    for index, record, _ in events:
        name, data = 'records/%d.json' % index, record['data']
        if record['type'] in ('ApprovalRequested', 'ApprovalDecided'):
            require(going and data.get('octets') == going[-1]['data'].get('address'), name + ': it is about other octets than were accepted')
        if record['type'] == 'ApprovalRequested':
            held.update((ordinal, None) for ordinal in ordinals_of(data.get('ordinals'), name))
        if record['type'] == 'ApprovalDecided':
            say('%s: account %s decided on the octets that were accepted: %s' % (name, data.get('by'), data.get('decision')))
        if data.get('decision') == 'release' or (record['type'] == 'ApprovalLapsed' and data.get('outcome') == 'deliver'):
            held = dict.fromkeys(held, index)
    for index, record, _ in events:
        if record['type'] == 'DeliveryQueued' and record['data'].get('ordinal') in held:
            released = held[record['data']['ordinal']]
            require(released is not None and released < index, 'records/%d.json: it was to leave before it was released' % index)


def ordinals_of(ranges, name):
    require(isinstance(ranges, list) and len(ranges) % 2 == 0 and all(is_count(each) and each < 5000 for each in ranges), name + ': its ordinals are no ranges')
    return [ordinal for first, last in zip(ranges[::2], ranges[1::2]) for ordinal in range(first, last + 1)]


def check_deliveries(events, sent, say):
    """What each peer has answered, and that it was given this mail; `sent` is None where the mail is not enclosed."""
    for index, record, personal in events:
        if record['type'] != 'DeliveryCompleted':
            continue
        name, data = 'records/%d.json' % index, record['data']
        say('%s: recipient %s, attempt %s, TLS %s' % (name, data.get('ordinal'), data.get('attempt'), data.get('tls')))
        if personal is None:
            continue
        say('%s: %s answered: %s' % (name, personal.get('host'), personal.get('reply')))
        if sent is not None and 'sha256' in personal:
            require(personal['sha256'] in sent, name + ': what was sent is not the mail that was accepted')
            say('%s: what it took is mail.eml without Return-Path%s' % (name, sent[personal['sha256']]))


def check(package, outside, say):
    manifest = read_manifest(package)
    key = LogKey(package.text('log.pub'))
    checkpoint = Checkpoint(package.text('checkpoint'), 'checkpoint')
    checkpoint.check(key)
    origin = '%s/%s' % (manifest.get('logId'), manifest.get('epoch'))
    require(checkpoint.origin == origin, 'manifest.json: it names the log %s, the checkpoint %s' % (origin, checkpoint.origin))
    require(checkpoint.size == manifest.get('size'), 'manifest.json: it names another size than the checkpoint has')
    say('checkpoint: %d records of the log %s, signature holds' % (checkpoint.size, checkpoint.origin))
    if outside is not None:
        check_outside(outside, checkpoint, key, say)
    events = [checked_event(package, entry, manifest, checkpoint, say) for entry in manifest['events']]
    streams = {}
    for index, record, _ in events:
        streams.setdefault(record['stream'], []).append((index, record))
    for stream, records in streams.items():
        check_chain(records)
        say('%s: its first %d events follow one another without a gap' % (stream, len(records)))
    require('message-%s' % manifest['message'] in streams, 'manifest.json: it names no event of the message itself')
    sent = None
    mail = personal_of(events, 'MessageAccepted')
    if mail is not None:
        signed = personal_of(events, 'MailSigned')
        derived = personal_of(events, 'MailDerived')
        octets, sent = check_mail(package, mail, derived, signed)
        say('mail.eml: %d octets, the mail that was accepted' % octets)
        if derived is not None:
            say('what went on is that mail with the changes that rules made, octet for octet')
        if signed is not None:
            say('what left for elsewhere is that mail, without Return-Path and behind signatures of %s' % signed.get('domain'))
    check_approval(events, say)
    check_deliveries(events, sent, say)
    require(not package.unused, '%s: nothing in the package vouches for it' % ', '.join(sorted(package.unused)))


def checked_event(package, entry, manifest, checkpoint, say):
    """Index, record, and personal part or None."""
    record = check_record(package.read(entry['record']), entry, manifest, checkpoint)
    say('%s: %s, record %d of the log' % (entry['record'], record['type'], entry['index']))
    if entry.get('personal') is None:
        return entry['index'], record, None
    personal = check_personal(package.read(entry['personal']), record, entry['personal'])
    say('%s: as sealed' % entry['personal'])
    return entry['index'], record, personal


def personal_of(events, kind):
    found = [personal for _, record, personal in events if record['type'] == kind]
    return found[-1] if found else None


def check_outside(outside, checkpoint, key, say):
    outside.check(key)
    if outside.size != checkpoint.size:
        raise Failed('%s: it has %d records and the checkpoint of the package %d, so they cannot be compared; '
                     'ask for a package that ends in yours' % (outside.name, outside.size, checkpoint.size))
    require(outside.root == checkpoint.root, '%s: it signs ANOTHER LOG of the same size: the log has been rewritten' % outside.name)
    say('%s: the same log' % outside.name)


def read_outside(path):
    try:
        with open(path, 'rb') as file:
            return Checkpoint(file.read(MAX_TEXT_OCTETS).decode('utf-8'), path)
    except UnicodeDecodeError:
        raise Failed(path + ': it is not a checkpoint')


def arguments(argv):
    if len(argv) == 2:
        return argv[1], None
    if len(argv) == 4 and argv[2] == '--checkpoint':
        return argv[1], argv[3]
    raise Failed('usage: python3 verify.py proof.zip [--checkpoint FILE]')


def main(argv):
    def say(text):
        print('ok    ' + text)
    try:
        path, outside_path = arguments(argv)
        outside = None if outside_path is None else read_outside(outside_path)
        with zipfile.ZipFile(path) as archive:
            check(Package(archive), outside, say)
    except (Failed, OSError, zipfile.BadZipFile, EOFError, NotImplementedError, RuntimeError) as error:
        print('FAIL  %s' % error)
        return 1
    print('Everything holds.' if outside else
          'Everything holds, as far as the package alone can show; compare with a checkpoint got by another way.')
    return 0


if __name__ == '__main__':
    sys.exit(main(sys.argv))
