// An API that verifies access tokens with go-oidc: signature, type, issuer, audience, expiry, scope, and the
// status list in which a revoked token is marked.
//
//	ISSUER=http://localhost:3000 AUDIENCE=https://api.example.com PORT=8083 go run .
package main

import (
	"bytes"
	"compress/zlib"
	"context"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log"
	"net/http"
	"os"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/coreos/go-oidc/v3/oidc"
)

const (
	maxListBytes   = 1 << 20
	maxResponse    = 1 << 20
	requestTime    = 5 * time.Second
	defaultListTTL = 60
)

var (
	errInvalid     = errors.New("invalid token")
	errUnavailable = errors.New("provider unavailable")
)

type api struct {
	issuer   string
	keys     oidc.KeySet
	verifier *oidc.IDTokenVerifier
	client   *http.Client
	mutex    sync.Mutex
	lists    map[string]list
}

type list struct {
	bits    []byte
	expires time.Time
}

type claims struct {
	Subject  string          `json:"sub"`
	ClientID string          `json:"client_id"`
	Scope    string          `json:"scope"`
	Binding  json.RawMessage `json:"cnf"`
	Status   *struct {
		List struct {
			Index int    `json:"idx"`
			URI   string `json:"uri"`
		} `json:"status_list"`
	} `json:"status"`
}

func main() {
	ctx := context.Background()
	issuer := os.Getenv("ISSUER")
	provider, err := oidc.NewProvider(ctx, issuer)
	if err != nil {
		log.Fatal(err)
	}
	var metadata struct {
		Keys string `json:"jwks_uri"`
	}
	if err := provider.Claims(&metadata); err != nil {
		log.Fatal(err)
	}
	keys := oidc.NewRemoteKeySet(ctx, metadata.Keys)
	// The audience takes the place of the client of an ID token; the type tells the two apart.
	config := &oidc.Config{ClientID: os.Getenv("AUDIENCE"), SupportedSigningAlgs: []string{oidc.ES256}}
	a := &api{
		issuer:   issuer,
		keys:     keys,
		verifier: oidc.NewVerifier(issuer, keys, config),
		client: &http.Client{
			Timeout: requestTime,
			CheckRedirect: func(*http.Request, []*http.Request) error {
				return http.ErrUseLastResponse
			},
		},
		lists: map[string]list{},
	}
	http.HandleFunc("GET /tasks", a.requireScope("tasks:read", func(w http.ResponseWriter, subject string) {
		answer(w, http.StatusOK, map[string]string{"tasksOf": subject})
	}))
	log.Fatal(http.ListenAndServe("127.0.0.1:"+os.Getenv("PORT"), nil))
}

func (a *api) requireScope(scope string, next func(http.ResponseWriter, string)) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		values := r.Header.Values("Authorization")
		if len(values) != 1 {
			refuse(w, http.StatusUnauthorized, "", "")
			return
		}
		scheme, token, _ := strings.Cut(values[0], " ")
		if !strings.EqualFold(scheme, "Bearer") {
			refuse(w, http.StatusUnauthorized, "", "")
			return
		}
		found, err := a.verify(r.Context(), token)
		switch {
		case errors.Is(err, errUnavailable):
			answer(w, http.StatusServiceUnavailable, map[string]string{"error": "temporarily_unavailable"})
		case err != nil:
			refuse(w, http.StatusUnauthorized, "invalid_token", "")
		case !slices.Contains(strings.Fields(found.Scope), scope):
			refuse(w, http.StatusForbidden, "insufficient_scope", scope)
		default:
			next(w, found.Subject)
		}
	}
}

func (a *api) verify(ctx context.Context, token string) (*claims, error) {
	if typeOf(token) != "at+jwt" {
		return nil, errInvalid
	}
	verified, err := a.verifier.Verify(ctx, token)
	if err != nil {
		return nil, err
	}
	var found claims
	if err := verified.Claims(&found); err != nil {
		return nil, err
	}
	// A bound token needs a proof, which this program does not verify.
	if found.Binding != nil || found.ClientID == "" {
		return nil, errInvalid
	}
	return &found, a.checkStatus(ctx, &found)
}

func (a *api) checkStatus(ctx context.Context, found *claims) error {
	if found.Status == nil {
		return nil
	}
	place := found.Status.List
	// A token must never cause a request to another host.
	if !strings.HasPrefix(place.URI, a.issuer+"/") || place.Index < 0 {
		return errInvalid
	}
	bits, err := a.statusList(ctx, place.URI)
	if err != nil {
		return fmt.Errorf("%w: %w", errUnavailable, err)
	}
	if place.Index/8 >= len(bits) || bits[place.Index/8]>>(place.Index%8)&1 == 1 {
		return errInvalid
	}
	return nil
}

// statusList may be used for its ttl, and is then read again.
func (a *api) statusList(ctx context.Context, uri string) ([]byte, error) {
	a.mutex.Lock()
	defer a.mutex.Unlock()
	if known, ok := a.lists[uri]; ok && time.Now().Before(known.expires) {
		return known.bits, nil
	}
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, uri, nil)
	if err != nil {
		return nil, err
	}
	response, err := a.client.Do(request)
	if err != nil {
		return nil, err
	}
	defer response.Body.Close()
	body, err := io.ReadAll(io.LimitReader(response.Body, maxResponse))
	if err != nil || response.StatusCode != http.StatusOK {
		return nil, fmt.Errorf("status %d: %w", response.StatusCode, err)
	}
	bits, ttl, err := a.readList(ctx, string(body), uri)
	if err != nil {
		return nil, err
	}
	a.lists[uri] = list{bits: bits, expires: time.Now().Add(time.Duration(ttl) * time.Second)}
	return bits, nil
}

func (a *api) readList(ctx context.Context, token, uri string) ([]byte, int, error) {
	payload, err := a.keys.VerifySignature(ctx, token)
	if err != nil {
		return nil, 0, err
	}
	found := struct {
		Issuer  string `json:"iss"`
		Subject string `json:"sub"`
		Expiry  int64  `json:"exp"`
		TTL     int    `json:"ttl"`
		List    struct {
			Bits int    `json:"bits"`
			Data string `json:"lst"`
		} `json:"status_list"`
	}{TTL: defaultListTTL}
	if err := json.Unmarshal(payload, &found); err != nil {
		return nil, 0, err
	}
	isOurs := typeOf(token) == "statuslist+jwt" && found.Issuer == a.issuer && found.Subject == uri
	if !isOurs || found.List.Bits != 1 || time.Now().Unix() >= found.Expiry {
		return nil, 0, errInvalid
	}
	packed, err := base64.RawURLEncoding.DecodeString(found.List.Data)
	if err != nil {
		return nil, 0, err
	}
	reader, err := zlib.NewReader(bytes.NewReader(packed))
	if err != nil {
		return nil, 0, err
	}
	bits, err := io.ReadAll(io.LimitReader(reader, maxListBytes))
	return bits, found.TTL, err
}

// typeOf is the type in the header, which the signature covers; empty if there is none.
func typeOf(token string) string {
	head, _, _ := strings.Cut(token, ".")
	raw, err := base64.RawURLEncoding.DecodeString(head)
	if err != nil {
		return ""
	}
	var header struct {
		Type string `json:"typ"`
	}
	if json.Unmarshal(raw, &header) != nil {
		return ""
	}
	return header.Type
}

func refuse(w http.ResponseWriter, status int, code, scope string) {
	challenge := "Bearer"
	if code != "" {
		challenge += fmt.Sprintf(" error=%q", code)
	}
	if scope != "" {
		challenge += fmt.Sprintf(", scope=%q", scope)
	}
	w.Header().Set("WWW-Authenticate", challenge)
	answer(w, status, map[string]string{"error": code})
}

func answer(w http.ResponseWriter, status int, body any) {
	w.Header().Set("Content-Type", "application/json")
	w.WriteHeader(status)
	_ = json.NewEncoder(w).Encode(body)
}
