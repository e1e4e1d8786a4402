package app

import (
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"net"
	"path/filepath"
	"time"

	"cemigmas/cmd/internal/metrics"
	"cemigmas/crm/store"
	"cemigmas/web"
)

// defaultStop is how long running requests and work may take to end.
const defaultStop = 20 * time.Second

// count has the calls of a store counted when figures are wanted. The bare
// store stays with the upkeep, which asks a driver for more than the port has.
func (a *App) count(st store.Store) store.Store {
	if a.MetricsAddr == "" {
		return st
	}
	a.figures = metrics.New(Version)
	return a.figures.Calls.Store(st)
}

// listen opens the address, with TLS when there is a certificate.
func (a *App) listen() error {
	var conf *tls.Config
	if a.TLSCert != "" {
		cert, err := openCertificate(a.TLSCert, a.TLSKey, a.Log)
		if err != nil {
			return err
		}
		conf = cert.config()
	} else if !loopback(a.Addr) && len(a.Proxies) == 0 {
		a.Log.Warn("app: passwords and mail travel unencrypted: serve with --tls-cert and --tls-key, or name the TLS proxy in front with --trusted-proxy", "addr", a.Addr)
	}
	ln, err := net.Listen("tcp", a.Addr)
	if err != nil {
		return fmt.Errorf("cannot listen on %s: %w; choose another address with --addr", a.Addr, err)
	}
	a.listener = ln
	if conf != nil {
		a.listener = tls.NewListener(ln, conf)
	}
	return a.listenFigures()
}

// listenFigures serves /metrics on an address of its own: who may see the
// figures need not be who may see the pages.
func (a *App) listenFigures() error {
	if a.figures == nil {
		return nil
	}
	ln, err := net.Listen("tcp", a.MetricsAddr)
	if err != nil {
		return errors.Join(fmt.Errorf("cannot listen on %s: %w; choose another address with --metrics-addr", a.MetricsAddr, err), a.listener.Close())
	}
	a.figures.Watch(a.Service)
	a.figures.Serve(ln)
	a.metricsURL = "http://" + ln.Addr().String() + "/metrics"
	return nil
}

// MetricsURL is where the figures are; "" when they are not served.
func (a *App) MetricsURL() string { return a.metricsURL }

func (a *App) webConfig() web.Config {
	conf := web.Config{Service: a.Service, Auth: a.Auth, Ring: a.Ring, Blobs: a.Blobs, Jobs: a.Jobs, Mail: a.Mail, Log: a.Log,
		UploadDir: filepath.Join(a.Data, "uploads"), Secure: a.Secure || a.TLSCert != "", Proxies: a.Proxies, PublicURL: a.PublicURL, Version: Version, HealthOnly: !a.has(RoleWeb)}
	if a.figures != nil {
		conf.Meter = a.figures.Requests
	}
	if a.demo != nil {
		conf.Demo = a.demo
	}
	return conf
}

// Wait serves until ctx ends or the server fails. Before it returns it says for
// DrainTime that this node is going (/readyz answers 503) and still serves, so
// that a proxy learns of it before a connection is refused.
func (a *App) Wait(ctx context.Context) error {
	select {
	case err := <-a.served:
		return err
	case <-ctx.Done():
	}
	a.Log.Info("app: stopping", "drain", a.DrainTime, "limit", a.stopTime())
	a.Web.Leave()
	select {
	case err := <-a.served:
		return err
	case <-time.After(a.DrainTime):
		return nil
	}
}

func (a *App) stopTime() time.Duration {
	if a.StopTime > 0 {
		return a.StopTime
	}
	return defaultStop
}

// halt ends what runs: event streams at once, requests when they are answered,
// jobs and mailboxes as soon as they have handed over their leases; all of it
// within the stop time.
func (a *App) halt() error {
	ctx, cancel := context.WithTimeout(context.Background(), a.stopTime())
	defer cancel()
	if a.stop != nil {
		a.stop()
	}
	var err error
	if a.Web != nil {
		err = a.Web.Shutdown(ctx)
	} else if a.listener != nil {
		err = a.listener.Close()
	}
	ended := make(chan struct{})
	go func() {
		a.wg.Wait()
		close(ended)
	}()
	select {
	case <-ended:
	case <-ctx.Done():
		err = errors.Join(err, ctx.Err())
	}
	if errors.Is(err, context.DeadlineExceeded) {
		err = fmt.Errorf("what ran did not end within %s and was cut off", a.stopTime())
	}
	return err
}
