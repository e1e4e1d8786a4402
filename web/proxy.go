package web

import (
	"errors"
	"fmt"
	"net"
	"net/netip"
	"net/url"
	"strings"

	"github.com/gofiber/fiber/v2"
)

// origin is where a request began, as far as it can be known.
type origin struct {
	client string // network address; never a loopback one when a proxy stood between
	https  bool   // as the browser sees it
	host   string // as the browser names this site
}

// forwarding is what proxies say of a request, as it came.
type forwarding struct {
	chain       []string // X-Forwarded-For, a header line each
	proto, host string   // X-Forwarded-Proto and -Host
	standard    []string // Forwarded (RFC 7239), a header line each
}

func (f forwarding) empty() bool {
	return len(f.chain) == 0 && len(f.standard) == 0 && f.proto == "" && f.host == ""
}

// ParseProxies reads a list of networks and addresses, parted by commas.
func ParseProxies(list string) ([]netip.Prefix, error) {
	var out []netip.Prefix
	for _, one := range strings.Split(list, ",") {
		one = strings.TrimSpace(one)
		if one == "" {
			continue
		}
		p, err := netip.ParsePrefix(one)
		if a, aerr := netip.ParseAddr(one); aerr == nil {
			p, err = netip.PrefixFrom(a.Unmap(), a.Unmap().BitLen()), nil
		}
		if err != nil {
			return nil, fmt.Errorf("%q is no network such as 10.1.0.0/16 and no address", one)
		}
		if p.Bits() == 0 {
			return nil, errors.New(one + " is everybody; name the networks of your own proxies only")
		}
		out = append(out, p.Masked())
	}
	return out, nil
}

// trusted reports whether an address is a named proxy's.
func trusted(proxies []netip.Prefix, a netip.Addr) bool {
	for _, p := range proxies {
		if p.Contains(a) {
			return true
		}
	}
	return false
}

// whence says where a forwarded request began. Only what a named proxy says is
// believed, and of that only what it saw itself: the rightmost address that is
// not one of the named proxies is the client, since everything left of it can
// be made up by the client.
func whence(proxies []netip.Prefix, peer netip.Addr, plain origin, f forwarding) origin {
	o := plain
	if !trusted(proxies, peer) {
		o.client = afar(peer)
		return o
	}
	client, named := byChain(proxies, peer, f.chain)
	if named || len(f.standard) == 0 {
		o.heard(f.proto, f.host)
	}
	if len(f.standard) > 0 {
		other, hop := byStandard(proxies, peer, f.standard)
		if named && other != client {
			// A proxy writes one of the two and lets the client's other one pass:
			// which one cannot be known, so neither is believed.
			o = plain
			o.client = afar(peer)
			return o
		}
		if !named {
			client = other
			o.heard(hop["proto"], hop["host"])
		}
	}
	o.client = afar(client)
	return o
}

// heard takes over what a named proxy says of protocol and host; of several
// values the last, which the nearest proxy wrote.
func (o *origin) heard(proto, host string) {
	if p := lastOf(proto); p != "" {
		o.https = strings.EqualFold(p, "https")
	}
	if h := lastOf(host); h != "" && !strings.ContainsAny(h, "/\\@ \t\"<>") {
		o.host = h
	}
}

func lastOf(list string) string {
	if i := strings.LastIndexByte(list, ','); i >= 0 {
		list = list[i+1:]
	}
	return strings.TrimSpace(list)
}

// byChain walks X-Forwarded-For from the right; named is whether there was one.
func byChain(proxies []netip.Prefix, peer netip.Addr, lines []string) (client netip.Addr, named bool) {
	client = peer
	for i := len(lines) - 1; i >= 0; i-- {
		hops := strings.Split(lines[i], ",")
		for j := len(hops) - 1; j >= 0; j-- {
			a, ok := hopAddr(strings.TrimSpace(hops[j]))
			if !ok {
				return client, true // what stands left of nonsense is not worth more
			}
			client, named = a, true
			if !trusted(proxies, a) {
				return client, true
			}
		}
	}
	return client, named
}

// byStandard walks Forwarded from the right; hop is the element of the client,
// which the nearest of our proxies to it wrote.
func byStandard(proxies []netip.Prefix, peer netip.Addr, lines []string) (client netip.Addr, hop map[string]string) {
	client = peer
	for i := len(lines) - 1; i >= 0; i-- {
		elements := splitQuoted(lines[i], ',')
		for j := len(elements) - 1; j >= 0; j-- {
			pairs := map[string]string{}
			for _, pair := range splitQuoted(elements[j], ';') {
				name, value, _ := strings.Cut(strings.TrimSpace(pair), "=")
				pairs[strings.ToLower(name)] = strings.Trim(value, `"`)
			}
			a, ok := hopAddr(pairs["for"])
			if !ok { // "unknown" and made-up names are allowed there
				return client, pairs
			}
			client, hop = a, pairs
			if !trusted(proxies, a) {
				return client, hop
			}
		}
	}
	return client, hop
}

// splitQuoted splits at a separator outside of quotes.
func splitQuoted(s string, sep rune) []string {
	quoted := false
	return strings.FieldsFunc(s, func(r rune) bool {
		if r == '"' {
			quoted = !quoted
		}
		return r == sep && !quoted
	})
}

// hopAddr reads an address with or without a port and brackets.
func hopAddr(s string) (netip.Addr, bool) {
	if ap, err := netip.ParseAddrPort(s); err == nil {
		return ap.Addr().Unmap().WithZone(""), true
	}
	a, err := netip.ParseAddr(strings.Trim(s, "[]"))
	return a.Unmap().WithZone(""), err == nil
}

// afar writes the address of somebody behind a proxy. A loopback address there
// is the proxy's own or made up: it must not look as if somebody sat at this
// machine, since the demonstration's logins are for them alone.
func afar(a netip.Addr) string {
	if a.IsLoopback() {
		return "forwarded:" + a.String()
	}
	return a.String()
}

// whereFrom is the middleware that finds a forwarded request's origin once.
// What came directly costs no more than a look at the headers.
func (s *Server) whereFrom(c *fiber.Ctx) error {
	peer, ok := netip.AddrFromSlice(c.Context().RemoteIP())
	peer = peer.Unmap()
	if !ok || len(s.Proxies) == 0 && !peer.IsLoopback() {
		return c.Next() // nobody is believed, and nothing is to be held against anybody
	}
	f := forwarded(c)
	if trusted(s.Proxies, peer) || !f.empty() {
		o := whence(s.Proxies, peer, origin{https: c.Context().IsTLS(), host: string(c.Context().Host())}, f)
		c.Locals(keyOrigin, &o)
	}
	return c.Next()
}

func forwarded(c *fiber.Ctx) forwarding {
	h := &c.Request().Header
	lines := func(name string) (out []string) {
		if len(h.Peek(name)) == 0 {
			return nil
		}
		for _, v := range h.PeekAll(name) {
			out = append(out, string(v))
		}
		return out
	}
	return forwarding{chain: lines("X-Forwarded-For"), standard: lines("Forwarded"),
		proto: string(h.Peek("X-Forwarded-Proto")), host: string(h.Peek("X-Forwarded-Host"))}
}

// from is the network address that a request came from.
func from(c *fiber.Ctx) string {
	if o, ok := c.Locals(keyOrigin).(*origin); ok {
		return o.client
	}
	return c.Context().RemoteIP().String()
}

// isHTTPS reports whether the browser speaks https, with us or with a named
// proxy.
func isHTTPS(c *fiber.Ctx) bool {
	if o, ok := c.Locals(keyOrigin).(*origin); ok {
		return o.https
	}
	return c.Context().IsTLS()
}

// secure says whether cookies may travel over https only.
func (s *Server) secure(c *fiber.Ctx) bool { return s.Secure || isHTTPS(c) }

// host is this site's name as the browser knows it.
func host(c *fiber.Ctx) string {
	if o, ok := c.Locals(keyOrigin).(*origin); ok {
		return o.host
	}
	return string(c.Context().Host())
}

// foreign reports whether another site's page had the browser send a request.
// Old browsers, and all of them over plain http, say it by Origin only.
func foreign(c *fiber.Ctx) bool {
	switch c.Get("Sec-Fetch-Site") {
	case "same-origin", "none":
		return false
	case "":
	default:
		return true
	}
	named := c.Get(fiber.HeaderOrigin)
	if named == "" {
		return false // no browser, or a request that carries nothing of another site
	}
	u, err := url.Parse(named)
	return err != nil || !sameHost(u, host(c)) || isHTTPS(c) && u.Scheme != "https"
}

// sameHost compares a site's name with one that may carry the usual port.
func sameHost(u *url.URL, own string) bool {
	usual := map[string]string{"https": "443", "http": "80"}[u.Scheme]
	name := func(host string) string {
		if h, port, err := net.SplitHostPort(host); err == nil && port == usual {
			return strings.Trim(h, "[]")
		}
		return strings.Trim(host, "[]")
	}
	return u.Host != "" && strings.EqualFold(name(u.Host), name(own))
}
