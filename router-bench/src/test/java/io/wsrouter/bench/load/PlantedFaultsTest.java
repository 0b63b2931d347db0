package io.wsrouter.bench.load;

import static org.assertj.core.api.Assertions.assertThat;

import io.wsrouter.bench.peer.Fault;
import io.wsrouter.bench.peer.FaultPlan;
import io.wsrouter.bench.peer.NaiveRouter;
import io.wsrouter.server.TestServer;
import java.io.IOException;
import org.junit.jupiter.api.Test;

/** Against a router that drops, duplicates, swaps, misdelivers and corrupts on purpose. */
class PlantedFaultsTest {

    private static LoadResult runWith(FaultPlan faults, GroupPlan group) throws IOException, InterruptedException {
        try (NaiveRouter router = NaiveRouter.start(0, 2, TestServer.SECRET, faults)) {
            return LoadFixture.run("ws://127.0.0.1:" + router.port() + "/ws", TestServer.SECRET, 0.5, group);
        }
    }

    @Test
    void shouldFindNothingWhereNothingIsWrong() throws IOException, InterruptedException {
        LoadResult result = runWith(FaultPlan.none(), LoadFixture.unicast(20, 4, 2_000, true));

        assertThat(result.claims().faults()).isEmpty();
        assertThat(result.claims().holds()).isTrue();
        assertThat(result.groups().get(0).claims().received()).isEqualTo(LoadFixture.count(result, Count.SENT));
    }

    @Test
    void shouldFindEachPlantedFault() throws IOException, InterruptedException {
        FaultPlan faults = FaultPlan.parse("drop=31,duplicate=37,swap=41,misdeliver=43,corrupt=47", LoadFixture.SEED);
        LoadResult result = runWith(faults, LoadFixture.unicast(20, 4, 2_000, false));

        for (Fault fault : Fault.values()) {
            assertThat(faults.count(fault)).as(fault.name()).isPositive();
        }
        LoadResult.Claims claims = result.claims();
        assertThat(claims.duplicated()).isEqualTo(faults.count(Fault.DUPLICATE));
        assertThat(claims.misdelivered()).isEqualTo(faults.count(Fault.MISDELIVER));
        assertThat(claims.corrupt()).isEqualTo(faults.count(Fault.CORRUPT));
        assertThat(claims.reordered()).isEqualTo(faults.count(Fault.SWAP));
        assertThat(claims.lost())
                .isEqualTo(faults.count(Fault.DROP) + faults.count(Fault.MISDELIVER) + faults.count(Fault.CORRUPT));
        assertThat(claims.holds()).isFalse();
    }

    @Test
    void shouldFindWhatIsLostBesideWhoDoesNotRead() throws IOException, InterruptedException {
        FaultPlan faults = FaultPlan.parse("drop=53", LoadFixture.SEED);
        LoadResult result =
                runWith(faults, new GroupPlan("slow", LoadScenario.SLOW, 20, 0, 2, 1_000, 0, 64, false, 2, 0, 0));

        LoadResult.GroupClaims claims = result.groups().get(0).claims();
        assertThat(claims.lost()).isPositive();
        assertThat(claims.lost() + claims.givenUp()).isEqualTo(faults.count(Fault.DROP));
        assertThat(result.claims().faults()).containsExactly("slow: lost " + claims.lost(), "slow: nobody was cut off");
    }

    @Test
    void shouldFindWhatOneSubscriberOfATopicDoesNotGet() throws IOException, InterruptedException {
        FaultPlan faults = FaultPlan.parse("drop=53", LoadFixture.SEED);
        LoadResult result =
                runWith(faults, new GroupPlan("topics", LoadScenario.FANOUT, 20, 4, 2, 200, 0, 64, false, 0, 0, 0));

        assertThat(faults.count(Fault.DROP)).isPositive();
        assertThat(result.claims().lost()).isEqualTo(faults.count(Fault.DROP));
        assertThat(result.claims().faults()).containsExactly("topics: lost " + faults.count(Fault.DROP));
    }
}
