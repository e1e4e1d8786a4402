package imapx

import (
	"io"
	"strings"
	"testing"
)

func TestCheckAddress(t *testing.T) {
	open := Options{Mode: ModeTLS}
	inner := Options{Mode: ModeTLS, AllowPrivate: true}
	plain := Options{Mode: ModePlain, AllowPrivate: true}
	demo := Options{Mode: ModePlain, LoopbackOnly: true}
	for _, c := range []struct {
		addr string
		o    Options
		ok   bool
	}{
		{"8.8.8.8:993", open, true}, {"[2a00:1450::1]:993", open, true},
		{"10.1.2.3:993", open, false}, {"10.1.2.3:993", inner, true},
		{"192.168.1.1:993", open, false}, {"100.64.0.1:993", open, false}, {"[fd12::1]:993", open, false},
		{"127.0.0.1:993", open, false}, {"127.0.0.1:993", inner, true}, {"[::1]:143", plain, true},
		{"169.254.169.254:993", inner, false}, {"[fe80::1]:993", inner, false}, {"[fd00:ec2::254]:993", inner, false},
		{"100.100.100.200:993", inner, false}, {"0.0.0.0:993", inner, false}, {"255.255.255.255:993", inner, false},
		{"[::ffff:169.254.169.254]:993", inner, false}, {"[64:ff9b::a9fe:a9fe]:993", inner, false},
		{"[::ffff:10.0.0.1]:993", open, false},
		{"8.8.8.8:143", plain, false}, {"10.0.0.1:143", plain, false},
		{"127.0.0.1:143", demo, true}, {"8.8.8.8:993", Options{Mode: ModeTLS, LoopbackOnly: true}, false},
		{"nonsense", inner, false},
	} {
		if err := checkAddress(c.addr, c.o); (err == nil) != c.ok {
			t.Errorf("%s with %+v: %v", c.addr, c.o, err)
		}
	}
}

func TestScrubber(t *testing.T) {
	for _, c := range []struct{ name, in, want string }{
		{"tagged lines pass", "T1 OK done\r\n", "T1 OK done\r\n"},
		{"unknown answers", "* VANISHED 1:3\r\n* X-NEW (1 2)\r\nT1 OK\r\n", "T1 OK\r\n"},
		{"flags of a folder", "* FLAGS ([Junk])\r\n* OK [PERMANENTFLAGS ([Junk])] x\r\n* 3 EXISTS\r\n", "* 3 EXISTS\r\n"},
		{"flags alone", "* 1 FETCH (UID 4 FLAGS ([Junk] \\Seen))\r\n", ""},
		{"flags and modseq alone", "* 1 FETCH (FLAGS () MODSEQ (12) UID 4)\r\n", ""},
		{"flags before a literal", "* 1 FETCH (FLAGS ([x]) UID 4 BODY[] {5}\r\nab\r\nc)\r\n", "* 1 FETCH (UID 4 BODY[] {5}\r\nab\r\nc)\r\n"},
		{"flags behind a literal", "* 1 FETCH (BODY[] {3}\r\nabc FLAGS ([x]) UID 4)\r\n", "* 1 FETCH (BODY[] {3}\r\nabc UID 4)\r\n"},
		{"flags in a quoted body", "* 1 FETCH (BODY[] \"see FLAGS (x)\" UID 4)\r\n", "* 1 FETCH (BODY[] \"see FLAGS (x)\" UID 4)\r\n"},
		{"lines inside of a literal", "* 1 FETCH (BODY[] {19}\r\n* VANISHED 1\r\n{9}\r\n)\r\nT1 OK\r\n", "* 1 FETCH (BODY[] {19}\r\n* VANISHED 1\r\n{9}\r\n)\r\nT1 OK\r\n"},
		{"literal of a dropped answer", "* X-NEW {9}\r\n* 9 EXIST)\r\n* 3 EXISTS\r\n", "* 3 EXISTS\r\n"},
		{"empty literal", "* 1 FETCH (BODY[] {0}\r\n FLAGS ([x]))\r\nT1 OK\r\n", "* 1 FETCH (BODY[] {0}\r\n)\r\nT1 OK\r\n"},
		{"braces in words", "* OK braces {7}\r\n* 3 EXISTS\r\n", "* OK braces {7}\r\n* 3 EXISTS\r\n"},
		{"a date that is none", "* 1 FETCH (UID 1 INTERNALDATE NIL)\r\n", "* 1 FETCH (UID 1 INTERNALDATE \"01-Jan-1970 00:00:00 +0000\")\r\n"},
		{"a proper date", "* 1 FETCH (INTERNALDATE \" 5-Oct-2026 10:00:00 -0300\")\r\n", "* 1 FETCH (INTERNALDATE \" 5-Oct-2026 10:00:00 -0300\")\r\n"},
	} {
		got, err := io.ReadAll(newScrubber(strings.NewReader(c.in), roomy))
		if err != nil || string(got) != c.want {
			t.Errorf("%s: %q, %v; want %q", c.name, got, err, c.want)
		}
	}
}

func roomy() int64 { return 1 << 20 }

func TestCutLiteralIsFilledAndThenFails(t *testing.T) {
	got, err := io.ReadAll(newScrubber(strings.NewReader("* 1 FETCH (BODY[] {5}\r\nab"), roomy))
	if want := "* 1 FETCH (BODY[] {5}\r\nab\x00\x00\x00"; string(got) != want || err != nil {
		t.Errorf("%q, %v", got, err) // io.EOF is no error to ReadAll
	}
	_, err = io.ReadAll(newScrubber(strings.NewReader("* 1 FETCH (BODY[] {9999999999}\r\nab"), roomy))
	if err != errTooMuch {
		t.Errorf("a literal without end: %v", err)
	}
}

func FuzzScrubber(f *testing.F) {
	f.Add([]byte("* 1 FETCH (UID 4 FLAGS ([x]) BODY[] {3}\r\nabc)\r\n* LIST () \"/\" \"R&D\"\r\n"))
	f.Add([]byte("* 1 FETCH (FLAGS (\r\n* 1 FETCH (INTERNALDATE \r\n* LIST"))
	f.Fuzz(func(t *testing.T, raw []byte) {
		if strings.Count(string(raw), "{") > 1 {
			return // a cut literal is filled up to its length
		}
		out, _ := io.ReadAll(newScrubber(strings.NewReader(string(raw)), roomy))
		if len(out) > len(raw)+1<<20+30*(strings.Count(strings.ToUpper(string(raw)), "INTERNALDATE")) {
			t.Fatalf("%d bytes became %d", len(raw), len(out))
		}
	})
}

func TestDecodable(t *testing.T) {
	for name, want := range map[string]bool{
		"INBOX": true, "A&-B": true, "Relat&APM-rios": true, "R&D": false, "R&D-x": false, "Manuten&AOcA4w": false,
		"&AGE-": false, "&2D3eAA-": true, "&2D0-": false, "Açúcar": false, "tab\there": false,
	} {
		if got := decodable(name); got != want {
			t.Errorf("decodable(%q) = %v", name, got)
		}
	}
}
