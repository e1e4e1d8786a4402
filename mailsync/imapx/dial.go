package imapx

import (
	"context"
	"crypto/tls"
	"fmt"
	"io"
	"net"
	"net/netip"
	"strings"
	"syscall"
)

// open dials and protects the connection.
func open(ctx context.Context, o Options) (net.Conn, error) {
	switch o.Mode {
	case ModeTLS, ModeSTARTTLS, ModePlain:
	default:
		return nil, &Error{Kind: KindRefused, Key: "mail.error.mode", Detail: fmt.Sprintf("unknown mode %q", o.Mode)}
	}
	var refused *Error
	d := net.Dialer{ControlContext: func(_ context.Context, _, address string, _ syscall.RawConn) error {
		// The name has been resolved: this is the address that is dialled, so
		// a name that resolves to something else the second time gains nothing.
		if e := checkAddress(address, o); e != nil {
			refused = e
			return e
		}
		return nil
	}}
	nc, err := d.DialContext(ctx, "tcp", o.address())
	if refused != nil {
		return nil, refused
	}
	if err != nil {
		return nil, &Error{Kind: KindNetwork, Key: "mail.error.network", Detail: "connecting to " + o.address(), Err: err}
	}
	protected, err := protect(ctx, nc, o)
	if err != nil {
		nc.Close()
		return nil, err
	}
	return protected, nil
}

func protect(ctx context.Context, nc net.Conn, o Options) (net.Conn, error) {
	if o.Mode == ModePlain {
		return nc, nil
	}
	stop := context.AfterFunc(ctx, func() { nc.Close() })
	defer stop()
	if o.Mode == ModeSTARTTLS {
		if err := startTLS(nc); err != nil {
			return nil, err
		}
	}
	conf := &tls.Config{MinVersion: tls.VersionTLS12}
	if o.TLS != nil {
		conf = o.TLS.Clone()
	}
	if conf.ServerName == "" {
		conf.ServerName = o.Host
	}
	tc := tls.Client(nc, conf)
	if err := tc.HandshakeContext(ctx); err != nil {
		return nil, &Error{Kind: KindTLS, Key: "mail.error.tls", Detail: "securing the connection to " + o.address(), Err: err}
	}
	if o.Mode == ModeSTARTTLS {
		return &greeted{Conn: tc, greeting: strings.NewReader("* OK ready\r\n")}, nil
	}
	return tc, nil
}

// greeted gives the library the greeting that was spent before STARTTLS.
type greeted struct {
	net.Conn
	greeting io.Reader
}

func (g *greeted) Read(p []byte) (int, error) {
	if n, err := g.greeting.Read(p); err == nil {
		return n, nil
	}
	return g.Conn.Read(p)
}

// startTLS asks for protection in clear. It reads byte by byte: what somebody
// puts between the OK and the handshake must reach the handshake, and fail
// there.
func startTLS(nc net.Conn) error {
	fail := func(err error, detail string) error {
		return &Error{Kind: KindTLS, Key: "mail.error.starttls", Detail: detail, Err: err}
	}
	greeting, err := readLine(nc)
	if err != nil {
		return &Error{Kind: KindNetwork, Key: "mail.error.network", Detail: "waiting for the greeting", Err: err}
	}
	if strings.HasPrefix(strings.ToUpper(greeting), "* BYE") {
		return &Error{Kind: KindLimit, Key: "mail.error.limit", Detail: greeting}
	}
	if !strings.HasPrefix(strings.ToUpper(greeting), "* OK") {
		// PREAUTH here would mean a session that nobody protects.
		return fail(nil, "unexpected greeting")
	}
	if _, err := io.WriteString(nc, "S STARTTLS\r\n"); err != nil {
		return fail(err, "asking for STARTTLS")
	}
	for range 50 {
		line, err := readLine(nc)
		if err != nil {
			return fail(err, "asking for STARTTLS")
		}
		if rest, ok := strings.CutPrefix(line, "S "); ok {
			if strings.HasPrefix(strings.ToUpper(rest), "OK") {
				return nil
			}
			return fail(nil, "the server refuses STARTTLS")
		}
	}
	return fail(nil, "no answer to STARTTLS")
}

func readLine(r io.Reader) (string, error) {
	var line []byte
	var b [1]byte
	for len(line) < 8192 {
		if _, err := io.ReadFull(r, b[:]); err != nil {
			return "", err
		}
		if b[0] == '\n' {
			return strings.TrimRight(string(line), "\r"), nil
		}
		line = append(line, b[0])
	}
	return "", errTooMuch
}

// Ranges that no mail server of a customer lives in, whatever is allowed:
// link-local ones hold the metadata services of clouds.
var never = prefixes("0.0.0.0/8", "169.254.0.0/16", "192.0.0.0/24", "224.0.0.0/3", "100.100.100.200/32",
	"::/128", "fe80::/10", "ff00::/8", "fd00:ec2::/32", "100::/64", "2002::/16", "2001::/32")

var private = prefixes("10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16", "100.64.0.0/10", "198.18.0.0/15", "fc00::/7")

var nat64 = netip.MustParsePrefix("64:ff9b::/96")

func prefixes(list ...string) []netip.Prefix {
	var out []netip.Prefix
	for _, s := range list {
		out = append(out, netip.MustParsePrefix(s))
	}
	return out
}

func within(ip netip.Addr, list []netip.Prefix) bool {
	for _, p := range list {
		if p.Contains(ip) {
			return true
		}
	}
	return false
}

// checkAddress decides whether a resolved address may be dialled.
func checkAddress(address string, o Options) *Error {
	refuse := func(key, why string) *Error {
		return &Error{Kind: KindRefused, Key: key, Detail: why}
	}
	ap, err := netip.ParseAddrPort(address)
	if err != nil {
		return refuse("mail.error.address", "unreadable address")
	}
	ip := ap.Addr().WithZone("").Unmap()
	if nat64.Contains(ip) {
		b := ip.As16()
		ip = netip.AddrFrom4([4]byte(b[12:16]))
	}
	switch {
	case o.LoopbackOnly && !ip.IsLoopback():
		return refuse("mail.error.loopbackonly", "a demonstration connects to this machine only")
	case o.Mode == ModePlain && !ip.IsLoopback():
		return refuse("mail.error.plain", "an unprotected connection is for this machine only")
	case within(ip, never):
		return refuse("mail.error.address", "this address is never dialled")
	case ip.IsLoopback() && !o.AllowPrivate && !o.LoopbackOnly,
		within(ip, private) && !o.AllowPrivate:
		return refuse("mail.error.private", "addresses of the inner network are not allowed")
	}
	return nil
}
