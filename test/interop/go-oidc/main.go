// go-oidc and golang.org/x/oauth2 as in their documentation: code flow with PKCE, state and
// nonce, userinfo, refresh; RP-initiated logout with the end_session_endpoint of the metadata.
package main

import (
	"context"
	"crypto/rand"
	"encoding/json"
	"errors"
	"log"
	"net/http"
	"net/url"
	"os"
	"sync"

	"github.com/coreos/go-oidc/v3/oidc"
	"golang.org/x/oauth2"
)

type session struct {
	state, nonce, verifier string
	claims                 map[string]any
	token                  *oauth2.Token
	idToken                string
}

type app struct {
	url        string
	provider   *oidc.Provider
	verifier   *oidc.IDTokenVerifier
	oauth      oauth2.Config
	endSession string
	mutex      sync.Mutex
	sessions   map[string]*session
}

func main() {
	appURL := os.Getenv("APP_URL")
	provider, err := oidc.NewProvider(context.Background(), os.Getenv("ISSUER"))
	if err != nil {
		log.Fatal(err)
	}
	var metadata struct {
		EndSession string `json:"end_session_endpoint"`
	}
	if err := provider.Claims(&metadata); err != nil {
		log.Fatal(err)
	}
	a := &app{
		url:      appURL,
		provider: provider,
		verifier: provider.Verifier(&oidc.Config{ClientID: os.Getenv("CLIENT_ID")}),
		oauth: oauth2.Config{
			ClientID:     os.Getenv("CLIENT_ID"),
			ClientSecret: os.Getenv("CLIENT_SECRET"),
			Endpoint:     provider.Endpoint(),
			RedirectURL:  appURL + "/callback",
			Scopes:       []string{oidc.ScopeOpenID, "profile", "email"},
		},
		endSession: metadata.EndSession,
		sessions:   map[string]*session{},
	}
	http.HandleFunc("/", a.route)
	address, _ := url.Parse(appURL)
	log.Fatal(http.ListenAndServe(address.Host, nil))
}

var errNoSession = errors.New("no session")

func (a *app) route(w http.ResponseWriter, r *http.Request) {
	s := a.sessionOf(w, r)
	handlers := map[string]func(*session, *http.Request) (any, error){
		"/": a.home, "/sign-in": a.signIn, "/callback": a.callback,
		"/userinfo": a.userinfo, "/refresh": a.refresh, "/sign-out": a.signOut,
	}
	handle, found := handlers[r.URL.Path]
	if !found {
		http.NotFound(w, r)
		return
	}
	answer, err := handle(s, r)
	switch address, isRedirect := answer.(string); {
	case errors.Is(err, errNoSession):
		http.Error(w, err.Error(), http.StatusUnauthorized)
	case err != nil:
		log.Print(r.URL.Path, ": ", err)
		http.Error(w, err.Error(), http.StatusBadRequest)
	case isRedirect:
		http.Redirect(w, r, address, http.StatusFound)
	default:
		w.Header().Set("content-type", "application/json")
		_ = json.NewEncoder(w).Encode(answer)
	}
}

func (a *app) sessionOf(w http.ResponseWriter, r *http.Request) *session {
	a.mutex.Lock()
	defer a.mutex.Unlock()
	if cookie, err := r.Cookie("app"); err == nil && a.sessions[cookie.Value] != nil {
		return a.sessions[cookie.Value]
	}
	id := rand.Text()
	a.sessions[id] = &session{}
	http.SetCookie(w, &http.Cookie{Name: "app", Value: id, Path: "/", HttpOnly: true})
	return a.sessions[id]
}

func (a *app) home(s *session, _ *http.Request) (any, error) {
	if s.token == nil {
		return nil, errNoSession
	}
	return s.claims, nil
}

func (a *app) signIn(s *session, _ *http.Request) (any, error) {
	s.state, s.nonce, s.verifier = rand.Text(), rand.Text(), oauth2.GenerateVerifier()
	return a.oauth.AuthCodeURL(s.state, oidc.Nonce(s.nonce), oauth2.S256ChallengeOption(s.verifier)), nil
}

func (a *app) callback(s *session, r *http.Request) (any, error) {
	query := r.URL.Query()
	if s.state == "" || query.Get("state") != s.state {
		return nil, errors.New("state does not match")
	}
	token, err := a.oauth.Exchange(r.Context(), query.Get("code"), oauth2.VerifierOption(s.verifier))
	if err != nil {
		return nil, err
	}
	raw, _ := token.Extra("id_token").(string)
	idToken, err := a.verifier.Verify(r.Context(), raw)
	if err != nil {
		return nil, err
	}
	if idToken.Nonce != s.nonce {
		return nil, errors.New("nonce does not match")
	}
	if err := idToken.Claims(&s.claims); err != nil {
		return nil, err
	}
	tampered := raw[:len(raw)-8] + "AAAAAAAA"
	if _, err := a.verifier.Verify(r.Context(), tampered); err == nil {
		return nil, errors.New("a tampered ID token was accepted")
	}
	s.token, s.idToken = token, raw
	return a.url + "/", nil
}

func (a *app) userinfo(s *session, r *http.Request) (any, error) {
	if s.token == nil {
		return nil, errNoSession
	}
	info, err := a.provider.UserInfo(r.Context(), oauth2.StaticTokenSource(s.token))
	if err != nil {
		return nil, err
	}
	claims := map[string]any{}
	return claims, info.Claims(&claims)
}

func (a *app) refresh(s *session, r *http.Request) (any, error) {
	if s.token == nil {
		return nil, errNoSession
	}
	expired := &oauth2.Token{RefreshToken: s.token.RefreshToken}
	renewed, err := a.oauth.TokenSource(r.Context(), expired).Token()
	if err != nil {
		return nil, err
	}
	if renewed.AccessToken == s.token.AccessToken {
		return nil, errors.New("nothing was renewed")
	}
	s.token = renewed
	return a.userinfo(s, r)
}

func (a *app) signOut(s *session, _ *http.Request) (any, error) {
	query := url.Values{"id_token_hint": {s.idToken}, "post_logout_redirect_uri": {a.url + "/"}}
	s.token, s.claims = nil, nil
	return a.endSession + "?" + query.Encode(), nil
}
