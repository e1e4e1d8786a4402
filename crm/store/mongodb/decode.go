package mongodb

import (
	"encoding/base64"
	"fmt"
	"math"
	"strconv"
	"unicode/utf8"

	"go.mongodb.org/mongo-driver/v2/bson"
)

// decodeBody writes an embedded document as compact JSON in the same order.
// exact, which may be nil, holds the JSON text of inexact members.
func decodeBody(body, exact bson.Raw) ([]byte, error) {
	dst := make([]byte, 0, len(body))
	return appendDocument(dst, body, func(key string) (string, bool) {
		if exact == nil {
			return "", false
		}
		return exact.Lookup(key).StringValueOK()
	})
}

func appendDocument(dst []byte, doc bson.Raw, exact func(string) (string, bool)) ([]byte, error) {
	elements, err := doc.Elements()
	if err != nil {
		return nil, err
	}
	dst = append(dst, '{')
	for i, el := range elements {
		if i > 0 {
			dst = append(dst, ',')
		}
		key := el.Key()
		dst = append(appendString(dst, unescapeKey(key)), ':')
		if exact != nil {
			if text, ok := exact(key); ok {
				dst = append(dst, text...)
				continue
			}
		}
		if dst, err = appendValue(dst, el.Value()); err != nil {
			return nil, err
		}
	}
	return append(dst, '}'), nil
}

func appendArray(dst []byte, array bson.Raw) ([]byte, error) {
	values, err := array.Values()
	if err != nil {
		return nil, err
	}
	dst = append(dst, '[')
	for i, v := range values {
		if i > 0 {
			dst = append(dst, ',')
		}
		if dst, err = appendValue(dst, v); err != nil {
			return nil, err
		}
	}
	return append(dst, ']'), nil
}

// appendValue writes one value. The driver itself stores only the first eight
// types; the others come from people's edits in the shell.
func appendValue(dst []byte, v bson.RawValue) ([]byte, error) {
	switch v.Type {
	case bson.TypeEmbeddedDocument:
		return appendDocument(dst, v.Document(), nil)
	case bson.TypeArray:
		return appendArray(dst, bson.Raw(v.Array()))
	case bson.TypeString:
		return appendString(dst, v.StringValue()), nil
	case bson.TypeDateTime:
		return appendString(dst, writeInstant(v.DateTime())), nil
	case bson.TypeInt64:
		return strconv.AppendInt(dst, v.Int64(), 10), nil
	case bson.TypeDouble:
		return appendFloat(dst, v.Double()), nil
	case bson.TypeBoolean:
		return strconv.AppendBool(dst, v.Boolean()), nil
	case bson.TypeNull:
		return append(dst, "null"...), nil
	case bson.TypeInt32:
		return strconv.AppendInt(dst, int64(v.Int32()), 10), nil
	case bson.TypeObjectID:
		return appendString(dst, v.ObjectID().Hex()), nil
	case bson.TypeDecimal128:
		return appendString(dst, v.Decimal128().String()), nil
	case bson.TypeBinary:
		_, b := v.Binary()
		return appendString(dst, base64.StdEncoding.EncodeToString(b)), nil
	}
	return nil, fmt.Errorf("a BSON %s has no JSON form", v.Type)
}

// appendFloat writes a double as encoding/json does, so that what Go wrote
// comes back as it was.
func appendFloat(dst []byte, f float64) []byte {
	if math.IsNaN(f) || math.IsInf(f, 0) {
		return append(dst, "null"...)
	}
	format := byte('f')
	if abs := math.Abs(f); abs != 0 && (abs < 1e-6 || abs >= 1e21) {
		format = 'e'
	}
	dst = strconv.AppendFloat(dst, f, format, -1, 64)
	if n := len(dst); format == 'e' && n >= 4 && dst[n-4] == 'e' && dst[n-3] == '-' && dst[n-2] == '0' {
		dst[n-2] = dst[n-1]
		dst = dst[:n-1]
	}
	return dst
}

const hexDigits = "0123456789abcdef"

// appendString quotes a string; only what JSON demands is escaped, so <, > and
// & stay as they were written.
func appendString(dst []byte, s string) []byte {
	dst = append(dst, '"')
	from := 0
	for i := 0; i < len(s); {
		c := s[i]
		if c >= utf8.RuneSelf {
			r, size := utf8.DecodeRuneInString(s[i:])
			if r == utf8.RuneError && size == 1 {
				dst = append(append(dst, s[from:i]...), "\uFFFD"...)
				from = i + 1
			}
			i += size
			continue
		}
		if c >= 0x20 && c != '"' && c != '\\' {
			i++
			continue
		}
		dst = append(dst, s[from:i]...)
		switch c {
		case '"', '\\':
			dst = append(dst, '\\', c)
		case '\n':
			dst = append(dst, '\\', 'n')
		case '\r':
			dst = append(dst, '\\', 'r')
		case '\t':
			dst = append(dst, '\\', 't')
		default:
			dst = append(dst, '\\', 'u', '0', '0', hexDigits[c>>4], hexDigits[c&15])
		}
		i++
		from = i
	}
	return append(append(dst, s[from:]...), '"')
}
