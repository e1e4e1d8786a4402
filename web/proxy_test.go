package web

import (
	"net/netip"
	"net/url"
	"testing"
)

func TestParseProxies(t *testing.T) {
	got, err := ParseProxies(" 10.1.0.0/16, 127.0.0.1,::1 ,2001:db8::/32")
	if err != nil || len(got) != 4 || got[1].String() != "127.0.0.1/32" {
		t.Errorf("%v, %v", got, err)
	}
	if none, err := ParseProxies(""); err != nil || none != nil {
		t.Errorf("nothing named: %v, %v", none, err)
	}
	for _, bad := range []string{"proxy.example", "10.0.0.0/33", "0.0.0.0/0", "::/0", "10.1.2.3/8/8"} {
		if got, err := ParseProxies(bad); err == nil {
			t.Errorf("%s is taken for %v", bad, got)
		}
	}
}

// TestWhence is about what strangers write into headers.
func TestWhence(t *testing.T) {
	proxies, err := ParseProxies("10.0.0.0/8,127.0.0.1,2001:db8:1::/48")
	if err != nil {
		t.Fatal(err)
	}
	plain := origin{host: "crm.example"}
	for _, c := range []struct {
		name, peer string
		f          forwarding
		want       origin
	}{
		{"a stranger is not believed", "203.0.113.9", forwarding{chain: []string{"1.2.3.4"}, proto: "https", host: "evil.example"},
			origin{client: "203.0.113.9", host: "crm.example"}},
		{"a stranger claims to sit here", "203.0.113.9", forwarding{chain: []string{"127.0.0.1"}}, origin{client: "203.0.113.9", host: "crm.example"}},
		{"a proxy that nobody named, on this machine", "::1", forwarding{chain: []string{"127.0.0.1"}}, origin{client: "forwarded:::1", host: "crm.example"}},
		{"one proxy", "10.0.0.1", forwarding{chain: []string{"198.51.100.7"}, proto: "https", host: "crm.cemig.example"},
			origin{"198.51.100.7", true, "crm.cemig.example"}},
		{"the left is made up", "10.0.0.1", forwarding{chain: []string{"1.2.3.4, 127.0.0.1, 198.51.100.7"}}, origin{client: "198.51.100.7", host: "crm.example"}},
		{"two proxies", "10.0.0.1", forwarding{chain: []string{"9.9.9.9, 198.51.100.7, 10.0.0.2"}}, origin{client: "198.51.100.7", host: "crm.example"}},
		{"a line each", "10.0.0.1", forwarding{chain: []string{"9.9.9.9", "198.51.100.7", "10.0.0.2"}}, origin{client: "198.51.100.7", host: "crm.example"}},
		{"all are ours", "10.0.0.1", forwarding{chain: []string{"10.3.3.3, 10.0.0.2"}}, origin{client: "10.3.3.3", host: "crm.example"}},
		{"nonsense ends the walk", "10.0.0.1", forwarding{chain: []string{"9.9.9.9, bogus, 10.0.0.2"}}, origin{client: "10.0.0.2", host: "crm.example"}},
		{"only nonsense", "127.0.0.1", forwarding{chain: []string{"localhost"}}, origin{client: "forwarded:127.0.0.1", host: "crm.example"}},
		{"ports and brackets", "10.0.0.1", forwarding{chain: []string{"[2001:db8::7]:4711"}}, origin{client: "2001:db8::7", host: "crm.example"}},
		{"an address in the other family's dress", "10.0.0.1", forwarding{chain: []string{"::ffff:198.51.100.7"}}, origin{client: "198.51.100.7", host: "crm.example"}},
		{"loopback behind our proxy", "10.0.0.1", forwarding{chain: []string{"::1"}}, origin{client: "forwarded:::1", host: "crm.example"}},
		{"our proxy on this machine says nothing", "127.0.0.1", forwarding{}, origin{client: "forwarded:127.0.0.1", host: "crm.example"}},
		{"the last protocol is our proxy's", "10.0.0.1", forwarding{chain: []string{"198.51.100.7"}, proto: "https, http"}, origin{client: "198.51.100.7", host: "crm.example"}},
		{"a host that is none", "10.0.0.1", forwarding{chain: []string{"198.51.100.7"}, host: "a.example/<script>"}, origin{client: "198.51.100.7", host: "crm.example"}},
		{"protocol alone", "10.0.0.1", forwarding{proto: "HTTPS"}, origin{"10.0.0.1", true, "crm.example"}},
		{"the standard", "10.0.0.1", forwarding{standard: []string{`for=9.9.9.9;proto=http, For="[2001:db8::7]:4711";Proto=https;host="crm.cemig.example"`}},
			origin{"2001:db8::7", true, "crm.cemig.example"}},
		{"the standard, two proxies", "10.0.0.1", forwarding{standard: []string{`for=198.51.100.7;proto=https;by="a,b;c"`, "for=10.0.0.2;proto=http"}},
			origin{"198.51.100.7", true, "crm.example"}},
		{"the standard, hidden", "10.0.0.1", forwarding{standard: []string{"for=9.9.9.9, for=_hidden, for=10.0.0.2"}}, origin{client: "10.0.0.2", host: "crm.example"}},
		{"both agree", "10.0.0.1", forwarding{chain: []string{"198.51.100.7"}, standard: []string{"for=198.51.100.7"}, proto: "https"},
			origin{"198.51.100.7", true, "crm.example"}},
		{"both differ: one is the client's own", "10.0.0.1", forwarding{chain: []string{"198.51.100.7"}, standard: []string{"for=1.1.1.1;proto=https"}, proto: "https", host: "x.example"},
			origin{client: "10.0.0.1", host: "crm.example"}},
	} {
		if got := whence(proxies, netip.MustParseAddr(c.peer), plain, c.f); got != c.want {
			t.Errorf("%s: %+v, want %+v", c.name, got, c.want)
		}
	}
}

func TestSameHost(t *testing.T) {
	for _, c := range []struct {
		origin, own string
		same        bool
	}{
		{"https://crm.example", "crm.example", true},
		{"https://CRM.example", "crm.example:443", true},
		{"http://127.0.0.1:8080", "127.0.0.1:8080", true},
		{"http://[::1]:8080", "[::1]:8080", true},
		{"http://crm.example:8080", "crm.example:8081", false},
		{"https://crm.example.evil.example", "crm.example", false},
		{"null", "crm.example", false},
		{"null", "", false},
	} {
		u, err := url.Parse(c.origin)
		if err != nil {
			t.Fatal(err)
		}
		if got := sameHost(u, c.own); got != c.same {
			t.Errorf("%s and %s: %v", c.origin, c.own, got)
		}
	}
}
