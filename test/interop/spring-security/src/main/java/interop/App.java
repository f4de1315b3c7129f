// Spring Security as in its documentation: oauth2Login with PKCE, userinfo, RP-initiated logout, and a
// resource server that validates JWT access tokens.
package interop;

import java.util.Map;
import java.util.Objects;
import org.springframework.beans.factory.annotation.Value;
import org.springframework.boot.SpringApplication;
import org.springframework.boot.autoconfigure.SpringBootApplication;
import org.springframework.context.annotation.Bean;
import org.springframework.core.annotation.Order;
import org.springframework.http.HttpMethod;
import org.springframework.http.HttpStatus;
import org.springframework.security.config.annotation.web.builders.HttpSecurity;
import org.springframework.security.core.annotation.AuthenticationPrincipal;
import org.springframework.security.oauth2.client.oidc.web.logout.OidcClientInitiatedLogoutSuccessHandler;
import org.springframework.security.oauth2.client.registration.ClientRegistrationRepository;
import org.springframework.security.oauth2.client.web.DefaultOAuth2AuthorizationRequestResolver;
import org.springframework.security.oauth2.client.web.OAuth2AuthorizationRequestCustomizers;
import org.springframework.security.oauth2.core.oidc.user.OidcUser;
import org.springframework.security.oauth2.jwt.Jwt;
import org.springframework.security.oauth2.jwt.JwtClaimValidator;
import org.springframework.security.oauth2.jwt.JwtDecoder;
import org.springframework.security.oauth2.jwt.JwtValidators;
import org.springframework.security.oauth2.jwt.NimbusJwtDecoder;
import org.springframework.security.web.SecurityFilterChain;
import org.springframework.security.web.authentication.HttpStatusEntryPoint;
import org.springframework.security.web.servlet.util.matcher.PathPatternRequestMatcher;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.RestController;

@SpringBootApplication
@RestController
public class App {
  private static final String AUTHORIZATION = "/oauth2/authorization";

  @Value("${app.audience}")
  String audience;

  @Value("${app.issuer}")
  String issuer;

  public static void main(String[] args) {
    SpringApplication.run(App.class, args);
  }

  @Bean
  @Order(1)
  SecurityFilterChain api(HttpSecurity http) throws Exception {
    http.securityMatcher("/api");
    http.authorizeHttpRequests(requests -> requests.anyRequest().hasAuthority("SCOPE_tasks:read"));
    http.oauth2ResourceServer(server -> server.jwt(jwt -> jwt.decoder(accessTokenDecoder())));
    return http.build();
  }

  /** needed: Spring rejects the type `at+jwt` by default (RFC 9068). Any client may call this API. */
  JwtDecoder accessTokenDecoder() {
    NimbusJwtDecoder decoder = NimbusJwtDecoder.withIssuerLocation(issuer).validateType(false).build();
    var anyClient = new JwtClaimValidator<String>("client_id", Objects::nonNull);
    decoder.setJwtValidator(JwtValidators.createAtJwtValidator()
        .issuer(issuer)
        .audience(audience)
        .validators(rules -> rules.put("client_id", anyClient))
        .build());
    return decoder;
  }

  @Bean
  @Order(2)
  SecurityFilterChain pages(HttpSecurity http, ClientRegistrationRepository clients) throws Exception {
    var resolver = new DefaultOAuth2AuthorizationRequestResolver(clients, AUTHORIZATION);
    // better with Spring Boot 3, which otherwise sends a nonce only; Spring Boot 4 sends PKCE by default.
    resolver.setAuthorizationRequestCustomizer(OAuth2AuthorizationRequestCustomizers.withPkce());
    var afterLogout = new OidcClientInitiatedLogoutSuccessHandler(clients);
    afterLogout.setPostLogoutRedirectUri("{baseUrl}/");
    var logout = PathPatternRequestMatcher.withDefaults().matcher(HttpMethod.GET, "/sign-out");
    http.authorizeHttpRequests(requests -> requests.anyRequest().authenticated());
    http.oauth2Login(login -> login
        .authorizationEndpoint(endpoint -> endpoint.authorizationRequestResolver(resolver))
        .failureHandler((request, response, failure) -> response.sendError(400, failure.getMessage()))
        .defaultSuccessUrl("/", true));
    http.logout(settings -> settings.logoutRequestMatcher(logout).logoutSuccessHandler(afterLogout));
    http.exceptionHandling(handling ->
        handling.authenticationEntryPoint(new HttpStatusEntryPoint(HttpStatus.UNAUTHORIZED)));
    return http.build();
  }

  @GetMapping("/")
  Map<String, Object> home(@AuthenticationPrincipal OidcUser user) {
    return user.getIdToken().getClaims();
  }

  @GetMapping("/userinfo")
  Map<String, Object> userinfo(@AuthenticationPrincipal OidcUser user) {
    return user.getUserInfo().getClaims();
  }

  @GetMapping("/api")
  Map<String, Object> api(@AuthenticationPrincipal Jwt token) {
    return Map.of("sub", token.getSubject());
  }
}
