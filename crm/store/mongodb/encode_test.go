package mongodb

import (
	"encoding/json"
	"math"
	"math/rand/v2"
	"strings"
	"testing"

	"go.mongodb.org/mongo-driver/v2/bson"

	"cemigmas/crm/store/plan"
)

// there and back through the stored form.
func roundTrip(t *testing.T, body string) (string, bson.Raw, bson.D) {
	t.Helper()
	doc, exact, err := encodeBody([]byte(body))
	if err != nil {
		t.Fatalf("%s: %v", body, err)
	}
	if err := doc.Validate(); err != nil {
		t.Fatalf("%s: the BSON is damaged: %v", body, err)
	}
	var kept bson.Raw
	if len(exact) > 0 {
		if kept, err = bson.Marshal(exact); err != nil {
			t.Fatal(err)
		}
	}
	back, err := decodeBody(doc, kept)
	if err != nil {
		t.Fatalf("%s: %v", body, err)
	}
	return string(back), doc, exact
}

func TestBodiesComeBack(t *testing.T) {
	for _, body := range []string{
		`{}`,
		`{"z":1,"a":2,"m":{"y":[],"b":{}}}`,
		`{"s":"<b>Ação & ção</b>","q":"\"\\/","n":"a\nb\tc\rd"}`,
		`{"ctl":"\u0001\u001f","nul":"\u0000","sep":"` + "\u2028" + `"}`,
		`{"t":"2026-11-22T10:00:00.000Z","d":"2026-11-22","m":"2026-11"}`,
		`{"t":"2026-11-22T10:00:00Z","u":"2026-11-22T10:00:00.5Z","v":"2026-11-22T10:00:00.123Z","w":["0000-01-01T00:00:00Z","9999-12-31T23:59:59.999Z"]}`,
		`{"t":"2026-11-22T10:00:00-03:00","u":"2026-11-22T10:00:00.1234Z","v":"2026-11-22T10:00:60Z","w":"2026-13-22T10:00:00Z","x":"2026-11-22t10:00:00Z","y":"2026-11-22T10:00:00,5Z"}`,
		`{"t":true,"f":false,"n":null,"a":[1,"x",null,[true]]}`,
		`{"i":9223372036854775807,"j":-9223372036854775808,"z":0}`,
		`{"f":0.1,"g":-2.5,"e":1e+21,"s":1e-7,"m":1.7976931348623157e+308}`,
		`{"one":1.0,"big":18446744073709551616,"exp":1e3,"E":1E5,"neg":-0,"long":3.14159265358979323846264338327950288}`,
		`{"deep":{"list":[{"x":1.50}]},"after":1}`,
		`{"over":1e999,"under":-1e999}`,
		`{"a.b":1,"$set":2,"":3,"x.y.$z":{"k.l":4}}`,
		`{"a．b":1,"＄":2,"％":3,"％％．":4}`,
		`{"0":1,"1":{"0":2}}`,
		`{"emoji":"⚡","pair":"😀"}`,
	} {
		if back, _, _ := roundTrip(t, body); back != body {
			t.Errorf("came back\n%s, was\n%s", back, body)
		}
	}
}

func TestTypesAreReadable(t *testing.T) {
	_, doc, exact := roundTrip(t, `{"n":5,"f":0.5,"s":"2026-01-01T00:00:00Z","day":"2026-01-01","o":{"a":[1]},"x":1.0,"a.b":true}`)
	for path, want := range map[string]bson.Type{
		"n": bson.TypeInt64, "f": bson.TypeDouble, "s": bson.TypeDateTime, "day": bson.TypeString, "o": bson.TypeEmbeddedDocument,
		"x": bson.TypeDouble, "a．b": bson.TypeBoolean,
	} {
		if got := doc.Lookup(path).Type; got != want {
			t.Errorf("%s is a %s, want %s", path, got, want)
		}
	}
	if got := doc.Lookup("o", "a").Type; got != bson.TypeArray {
		t.Errorf("o.a is a %s", got)
	}
	if len(exact) != 1 || exact[0].Key != "x" || exact[0].Value != "1.0" {
		t.Errorf("exact members %v, want x alone", exact)
	}
}

func TestEscapesAreSimplified(t *testing.T) {
	// What JSON may write in several ways comes back in one of them.
	back, _, _ := roundTrip(t, `{"a":"\u003cb\u003e \/ \u00e9","\u0061b":1}`)
	if want := `{"a":"<b> / é","ab":1}`; back != want {
		t.Errorf("%s, want %s", back, want)
	}
}

func TestMemberNamesWithNULAreRefused(t *testing.T) {
	if _, _, err := encodeBody([]byte(`{"a\u0000b":1}`)); err == nil {
		t.Error("a NUL in a name was taken")
	}
}

func TestPeoplesTypesAreServed(t *testing.T) {
	id, _ := bson.ObjectIDFromHex("65f0c0ffee65f0c0ffee65f0")
	number, _ := bson.ParseDecimal128("1.50")
	doc, err := bson.Marshal(bson.D{
		{Key: "i", Value: int32(7)}, {Key: "d", Value: bson.DateTime(1700000000123)}, {Key: "o", Value: id},
		{Key: "n", Value: number}, {Key: "b", Value: bson.Binary{Data: []byte("hi")}}, {Key: "nan", Value: math.NaN()},
	})
	if err != nil {
		t.Fatal(err)
	}
	got, err := decodeBody(doc, nil)
	want := `{"i":7,"d":"2023-11-14T22:13:20.123Z","o":"65f0c0ffee65f0c0ffee65f0","n":"1.50","b":"aGk=","nan":null}`
	if err != nil || string(got) != want {
		t.Errorf("%s, %v; want %s", got, err, want)
	}
	doc, _ = bson.Marshal(bson.D{{Key: "r", Value: bson.Regex{Pattern: "x"}}})
	if _, err := decodeBody(doc, nil); err == nil {
		t.Error("a regular expression has no JSON form")
	}
}

func TestInvalidUTF8IsReplaced(t *testing.T) {
	if got := string(appendString(nil, "a\xffb\xc3")); got != "\"a\uFFFDb\uFFFD\"" {
		t.Errorf("%q", got)
	}
}

// TestFloatsAreWrittenAsGoWritesThem compares with encoding/json, which wrote
// the bodies.
func TestFloatsAreWrittenAsGoWritesThem(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 2))
	for range 20000 {
		f := math.Float64frombits(r.Uint64())
		if math.IsNaN(f) || math.IsInf(f, 0) {
			continue
		}
		want, err := json.Marshal(f)
		if err != nil {
			t.Fatal(err)
		}
		if got := appendFloat(nil, f); string(got) != string(want) {
			t.Fatalf("%s, want %s", got, want)
		}
	}
}

// FuzzBody: whatever body the port takes comes back with the same meaning, and
// a second time to the letter.
func FuzzBody(f *testing.F) {
	f.Add(`{"a":[1,2.0,{"b.c":"\u00e9"}],"":null}`)
	f.Add(`{"t":"2026-11-22T10:00:00.5Z","u":"2026-11-22T10:00:00.50Z"}`)
	f.Add(`{"％":"\ud800","x":1e400}`)
	f.Fuzz(func(t *testing.T, text string) {
		body, problem := plan.Body([]byte(text))
		if problem != "" || strings.Contains(text, `\u0000`) {
			return
		}
		first, _, _ := roundTrip(t, string(body))
		if !json.Valid([]byte(first)) {
			t.Fatalf("%s became %s", body, first)
		}
		second, _, _ := roundTrip(t, first)
		if second != first {
			t.Fatalf("%s became %s", first, second)
		}
	})
}
