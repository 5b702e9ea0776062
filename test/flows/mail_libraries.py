"""Python's own mail libraries against the server, each over STARTTLS; prints what they saw as JSON."""
import imaplib
import json
import poplib
import smtplib
import ssl
import sys

submission, imap, pop3, user, password, certificate = sys.argv[1:]
trust = ssl.create_default_context(cafile=certificate)
seen = {}

with smtplib.SMTP("localhost", int(submission)) as smtp:
    smtp.starttls(context=trust)
    smtp.login(user, password)
    smtp.sendmail(user, [user], f"From: {user}\r\nSubject: by smtplib\r\n\r\nwith a dot:\r\n.\r\nend\r\n")

with imaplib.IMAP4("localhost", int(imap)) as client:
    client.starttls(ssl_context=trust)
    client.login(user, password)
    client.create('"by imaplib"')
    client.append('"by imaplib"', r"(\Flagged)", None, b"Subject: appended\r\n\r\nbody\r\n")
    client.select('"by imaplib"')
    seen["found"] = client.search(None, "FLAGGED", "SUBJECT", "appended")[1][0].decode()
    seen["fetched"] = client.fetch("1", "(BODY.PEEK[])")[1][0][1].decode()
    client.store("1", "+FLAGS", r"(\Deleted)")
    seen["expunged"] = client.expunge()[1][0].decode()

pop = poplib.POP3("localhost", int(pop3))
pop.stls(context=trust)
pop.user(user)
pop.pass_(password)
seen["subjects"] = []
for number in range(1, pop.stat()[0] + 1):
    lines = pop.retr(number)[1]
    seen["subjects"] += [line.decode() for line in lines if line.startswith(b"Subject:")]
    seen["dotted"] = b"." in lines
seen["uidls"] = len(pop.uidl()[1])
pop.quit()
print(json.dumps(seen))
