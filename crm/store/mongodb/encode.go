package mongodb

import (
	"encoding/binary"
	"encoding/json"
	"errors"
	"math"
	"strconv"
	"strings"
	"time"

	"go.mongodb.org/mongo-driver/v2/bson"
)

// Bodies are JSON on the port and embedded documents in the database, so that
// a person reads them in the shell and a BI tool queries them: integers become
// int64, other numbers double, instants as Go writes them (in UTC, to the
// millisecond) dates, other strings stay strings. A number that would come back
// written otherwise (1.0, 1e3, 20 digits) makes its top-level member "inexact":
// that member is kept as JSON text too, in the document's field exact, and
// served from there.
//
// Member names may hold dots and dollar signs, which MongoDB's queries and
// updates read as paths and operators; see escapeKey.

var errNUL = errors.New("a member name holds a NUL")

// encoder writes BSON elements from JSON text that is known to be valid and
// compact.
type encoder struct {
	src     []byte
	pos     int
	dst     []byte
	inexact bool
}

// encodeBody turns a JSON object into a BSON document and names its inexact
// members with their JSON text.
func encodeBody(body []byte) (doc bson.Raw, exact bson.D, err error) {
	e := &encoder{src: body, dst: make([]byte, 0, len(body)+len(body)/2)}
	start := e.open()
	err = e.members(func(key string, from int) {
		if e.inexact {
			exact = append(exact, bson.E{Key: key, Value: string(e.src[from:e.pos])})
			e.inexact = false
		}
	})
	e.close(start)
	return e.dst, exact, err
}

// encodeValue turns one JSON value into a BSON value.
func encodeValue(value []byte) (v bson.RawValue, inexact bool, err error) {
	e := &encoder{src: value}
	err = e.element("")
	if err != nil {
		return v, false, err
	}
	return bson.RawValue{Type: bson.Type(e.dst[0]), Value: e.dst[2:]}, e.inexact, nil
}

func (e *encoder) open() int {
	e.dst = append(e.dst, 0, 0, 0, 0)
	return len(e.dst) - 4
}

func (e *encoder) close(start int) {
	e.dst = append(e.dst, 0)
	binary.LittleEndian.PutUint32(e.dst[start:], uint32(len(e.dst)-start))
}

// members encodes the object at pos; each, when set, hears of every member.
func (e *encoder) members(each func(key string, from int)) error {
	for e.pos++; e.src[e.pos] != '}'; {
		if e.src[e.pos] == ',' {
			e.pos++
		}
		name, err := e.text()
		if err != nil {
			return err
		}
		if strings.IndexByte(name, 0) >= 0 {
			return errNUL
		}
		e.pos++ // the colon
		key, from := escapeKey(name), e.pos
		if err := e.element(key); err != nil {
			return err
		}
		if each != nil {
			each(key, from)
		}
	}
	e.pos++
	return nil
}

func (e *encoder) items() error {
	e.pos++
	for i := 0; e.src[e.pos] != ']'; i++ {
		if e.src[e.pos] == ',' {
			e.pos++
		}
		if err := e.element(strconv.Itoa(i)); err != nil {
			return err
		}
	}
	e.pos++
	return nil
}

// element encodes the value at pos under a key.
func (e *encoder) element(key string) error {
	head := func(t bson.Type) {
		e.dst = append(e.dst, byte(t))
		e.dst = append(append(e.dst, key...), 0)
	}
	switch c := e.src[e.pos]; c {
	case '{':
		head(bson.TypeEmbeddedDocument)
		start := e.open()
		err := e.members(nil)
		e.close(start)
		return err
	case '[':
		head(bson.TypeArray)
		start := e.open()
		err := e.items()
		e.close(start)
		return err
	case '"':
		s, err := e.text()
		if ms, ok := instant(s); ok {
			head(bson.TypeDateTime)
			e.dst = binary.LittleEndian.AppendUint64(e.dst, uint64(ms))
			return err
		}
		head(bson.TypeString)
		e.dst = binary.LittleEndian.AppendUint32(e.dst, uint32(len(s)+1))
		e.dst = append(append(e.dst, s...), 0)
		return err
	case 't', 'f':
		head(bson.TypeBoolean)
		if c == 't' {
			e.dst, e.pos = append(e.dst, 1), e.pos+4
		} else {
			e.dst, e.pos = append(e.dst, 0), e.pos+5
		}
	case 'n':
		head(bson.TypeNull)
		e.pos += 4
	default:
		e.number(head)
	}
	return nil
}

// instant reads a text that a date comes back as to the letter.
func instant(s string) (ms int64, ok bool) {
	const shortest, longest = len("2006-01-02T15:04:05Z"), len("2006-01-02T15:04:05.999Z")
	if len(s) < shortest || len(s) > longest || s[10] != 'T' || s[len(s)-1] != 'Z' {
		return 0, false
	}
	t, err := time.Parse(time.RFC3339Nano, s)
	return t.UnixMilli(), err == nil && writeInstant(t.UnixMilli()) == s
}

func writeInstant(ms int64) string { return time.UnixMilli(ms).UTC().Format(time.RFC3339Nano) }

func (e *encoder) number(head func(bson.Type)) {
	from := e.pos
	for e.pos < len(e.src) && strings.IndexByte("+-.eE0123456789", e.src[e.pos]) >= 0 {
		e.pos++
	}
	literal := string(e.src[from:e.pos])
	if n, err := strconv.ParseInt(literal, 10, 64); err == nil && literal != "-0" {
		head(bson.TypeInt64)
		e.dst = binary.LittleEndian.AppendUint64(e.dst, uint64(n))
		return
	}
	f, err := strconv.ParseFloat(literal, 64)
	if err != nil { // out of range: the nearest, beside the exact text
		f = math.Copysign(math.MaxFloat64, f)
	}
	e.inexact = e.inexact || string(appendFloat(nil, f)) != literal
	head(bson.TypeDouble)
	e.dst = binary.LittleEndian.AppendUint64(e.dst, math.Float64bits(f))
}

// text reads the string at pos.
func (e *encoder) text() (string, error) {
	from := e.pos
	plain := true
	for e.pos++; e.src[e.pos] != '"'; e.pos++ {
		if e.src[e.pos] == '\\' {
			plain = false
			e.pos++
		}
	}
	e.pos++
	if plain {
		return string(e.src[from+1 : e.pos-1]), nil
	}
	var s string
	err := json.Unmarshal(e.src[from:e.pos], &s)
	return s, err
}

// Member names: a dot and a dollar sign are kept as their full-width signs,
// which read almost the same; a full-width sign of the original has a
// full-width percent sign before it, and the empty name is that sign alone.
var (
	keyEscaper   = strings.NewReplacer(".", "．", "$", "＄", "．", "％．", "＄", "％＄", "％", "％％")
	keyUnescaper = strings.NewReplacer("％．", "．", "％＄", "＄", "％％", "％", "．", ".", "＄", "$")
)

const emptyKey = "％"

func escapeKey(name string) string {
	if name == "" {
		return emptyKey
	}
	return keyEscaper.Replace(name)
}

func unescapeKey(key string) string {
	if key == emptyKey {
		return ""
	}
	return keyUnescaper.Replace(key)
}
