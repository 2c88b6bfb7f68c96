#include "core/analysis/krylov_space.h"
#include "core/analysis/mode_similarity.h"
#include "core/analysis/svd_modes.h"
#include "core/base/error.h"
#include "core/base/files.h"
#include "core/base/json.h"
#include "tests/core/base/peak_memory.h"

#include <Eigen/QR>
#include <gtest/gtest.h>

#include <cmath>
#include <limits>
#include <random>

namespace heedmap {
namespace {

using Rows = Eigen::Matrix<float, Eigen::Dynamic, Eigen::Dynamic, Eigen::RowMajor>;

const Json& fixtures()
{
    static const Json json =
        parseJson(readTextFile(HEEDMAP_SOURCE_DIR "/tests/fixtures/analysis/svd.json", 1 << 20), "svd.json");
    return json;
}

SvdModes modesOf(const Rows& map, std::int64_t count = 100, Centring centring = Centring::None)
{
    return svdModes({map.data(), static_cast<std::size_t>(map.size())}, map.rows(), map.cols(), count, centring);
}

Rows randomMap(Eigen::Index rows, Eigen::Index columns, std::uint32_t seed)
{
    std::mt19937 random(seed);
    std::normal_distribution<float> normal;
    Rows map(rows, columns);
    for (float& value : map.reshaped<Eigen::RowMajor>())
        value = normal(random);
    return map;
}

/// A map with these singular values and random vectors.
Rows mapWithValues(Eigen::Index rows, Eigen::Index columns, const std::vector<double>& values)
{
    const auto basis = [](Eigen::Index size, std::size_t count, std::uint32_t seed) -> Eigen::MatrixXd {
        const Eigen::MatrixXd random = randomMap(size, static_cast<Eigen::Index>(count), seed).cast<double>();
        return Eigen::HouseholderQR<Eigen::MatrixXd>(random).householderQ() *
               Eigen::MatrixXd::Identity(size, static_cast<Eigen::Index>(count));
    };
    const Eigen::VectorXd sigma = Eigen::Map<const Eigen::VectorXd>(values.data(), std::ssize(values));
    return (basis(rows, values.size(), 5) * sigma.asDiagonal() * basis(columns, values.size(), 6).transpose())
        .cast<float>();
}

void expectNear(const Eigen::Ref<const Eigen::VectorXd>& ours, const std::vector<double>& reference, const char* what)
{
    ASSERT_EQ(ours.size(), std::ssize(reference)) << what;
    for (Eigen::Index i = 0; i < ours.size(); ++i)
        EXPECT_NEAR(ours[i], reference[static_cast<std::size_t>(i)], 1e-9) << what << ' ' << i;
}

Eigen::VectorXd flat(const Eigen::MatrixXd& matrix)
{
    return matrix.reshaped<Eigen::RowMajor>();
}

TEST(SvdModes, EqualWhatNumPySays)
{
    for (const Json& map : fixtures()["maps"]) {
        const std::int64_t rows = map["rows"];
        const std::int64_t columns = map["columns"];
        const std::vector<float> values = map["values"];
        for (const Json& expected : map["modes"]) {
            const std::string centring = expected["centring"];
            SCOPED_TRACE(map["name"].get<std::string>() + ", " + centring);
            const SvdModes modes = svdModes(values, rows, columns, 100, centringNamed(centring));
            EXPECT_TRUE(modes.complete);
            EXPECT_EQ(modes.rank, expected["rank"]);
            expectNear(modes.values, expected["singular_values"], "value");
            expectNear(flat(modes.queries), expected["queries"], "query side");
            expectNear(flat(modes.keys), expected["keys"], "key side");
            const std::vector<double> energies = expected["energies"];
            const std::vector<double> errors = expected["kept_errors"];
            for (std::int64_t mode = 0; mode < modes.modeCount(); ++mode)
                EXPECT_NEAR(modes.energy(mode), energies[static_cast<std::size_t>(mode)], 1e-12);
            for (std::int64_t kept = 0; kept < modes.rank; ++kept)
                EXPECT_NEAR(modes.keptError(kept), errors[static_cast<std::size_t>(kept)], 1e-9);
            EXPECT_NEAR(modes.keptError(modes.rank), 0, 1e-7);
            EXPECT_NEAR(modes.effectiveRank().low, expected["effective_rank"].get<double>(), 1e-6);
            EXPECT_EQ(modes.effectiveRank().low, modes.effectiveRank().high);
            const Eigen::VectorXd offsets = modes.columnOffsets.array() + modes.rowOffsets[1];
            expectNear(modes.rebuiltRow(1, 2) - offsets, expected["centred_row_1_of_two_modes"], "rebuilt");
        }
    }
}

TEST(SvdModes, AllModesGiveTheMapBack)
{
    for (const Centring centring : {Centring::None, Centring::Rows, Centring::Columns, Centring::Both}) {
        const Rows map = randomMap(7, 12, 1);
        const SvdModes modes = modesOf(map, 100, centring);
        for (Eigen::Index row = 0; row < map.rows(); ++row)
            EXPECT_LT((modes.rebuiltRow(row, modes.modeCount()) - map.row(row).transpose().cast<double>()).norm(),
                      1e-5);
    }
}

TEST(SvdModes, SignsFollowTheStrongestQuery)
{
    const Rows map = randomMap(6, 9, 2);
    const SvdModes modes = modesOf(map);
    const SvdModes turned = modesOf(-map);
    for (std::int64_t mode = 0; mode < modes.modeCount(); ++mode) {
        Eigen::Index strongest = 0;
        modes.queries.col(mode).cwiseAbs().maxCoeff(&strongest);
        EXPECT_GT(modes.queries(strongest, mode), 0);
        EXPECT_LT((turned.queries.col(mode) - modes.queries.col(mode)).norm(), 1e-9) << "the query side keeps its sign";
        EXPECT_LT((turned.keys.col(mode) + modes.keys.col(mode)).norm(), 1e-9) << "the key side carries the map's";
    }
    // Of two queries of the same strength the first is positive, whatever rounding makes of them.
    Rows tied(2, 2);
    tied << -1, 0, 1, 0;
    EXPECT_GT(modesOf(tied).queries(0, 0), 0);
    EXPECT_LT(modesOf(tied).keys(0, 0), 0);
}

TEST(SvdModes, TokensInAnotherOrderAreTheSameModesInThatOrder)
{
    const Rows map = randomMap(5, 6, 3);
    const std::vector<Eigen::Index> order{3, 0, 4, 1, 2};
    Rows permuted(5, 6);
    for (Eigen::Index row = 0; row < 5; ++row)
        permuted.row(row) = map.row(order[static_cast<std::size_t>(row)]);
    const SvdModes modes = modesOf(map);
    const SvdModes other = modesOf(permuted);
    for (std::int64_t mode = 0; mode < 5; ++mode)
        for (Eigen::Index row = 0; row < 5; ++row)
            EXPECT_NEAR(other.queries(row, mode), modes.queries(order[static_cast<std::size_t>(row)], mode), 1e-9);
    EXPECT_LT((other.keys - modes.keys).norm(), 1e-9);
}

TEST(SvdModes, EqualSingularValuesAreOneSubspace)
{
    const SvdModes modes = modesOf(mapWithValues(8, 10, {3, 2, 2, 1, 0.5}));
    ASSERT_EQ(modes.subspaces.size(), 4u);
    EXPECT_EQ(modes.subspaces[1], (ModeSubspace{1, 2, false}));
    EXPECT_EQ(modes.subspaces[2], (ModeSubspace{3, 1, false}));
    EXPECT_NEAR(modes.energy(modes.subspaces[1]), 8 / (9 + 8 + 1 + 0.25), 1e-6);
    // What is said of its tokens does not depend on the basis inside it.
    Eigen::MatrixXd turned = modes.keys;
    const double c = std::cos(0.7);
    const double s = std::sin(0.7);
    turned.middleCols(1, 2) = modes.keys.middleCols(1, 2) * (Eigen::Matrix2d() << c, s, -s, c).finished();
    EXPECT_GT((turned - modes.keys).norm(), 0.5);
    EXPECT_LT((subspaceSide(turned, modes.subspaces[1]) - subspaceSide(modes.keys, modes.subspaces[1])).norm(), 1e-12);
    EXPECT_NEAR(subspaceSide(modes.keys, modes.subspaces[1]).squaredNorm(), 2, 1e-9);
}

TEST(SvdModes, TheThresholdOfASubspaceIsTheStatedOne)
{
    EXPECT_EQ(modesOf(mapWithValues(8, 10, {2, 2 * (1 - 0.9e-3), 1})).subspaces.size(), 2u);
    EXPECT_EQ(modesOf(mapWithValues(8, 10, {2, 2 * (1 - 1.1e-3), 1})).subspaces.size(), 3u);
}

TEST(SvdModes, ASubspaceThatIsCutOffSaysSo)
{
    const Rows map = mapWithValues(8, 10, {3, 2, 2, 1});
    const SvdModes modes = modesOf(map, 2);
    ASSERT_EQ(modes.subspaces.size(), 2u);
    EXPECT_TRUE(modes.subspaces[1].continues);
    EXPECT_FALSE(modes.subspaces[1].isSingle());
    EXPECT_FALSE(modesOf(map, 3).subspaces[1].continues);
}

TEST(SvdModes, MapsWithoutAnythingHaveNoModesAndNoNaN)
{
    const auto expectNothing = [](const SvdModes& modes) {
        EXPECT_EQ(modes.modeCount(), 0);
        EXPECT_EQ(modes.rank, 0);
        EXPECT_TRUE(modes.subspaces.empty());
        EXPECT_EQ(modes.effectiveRank().high, 0);
        EXPECT_EQ(modes.keptError(0), 0);
        EXPECT_TRUE(modes.values.allFinite());
    };
    expectNothing(modesOf(Rows::Zero(4, 6)));
    expectNothing(modesOf(Rows(0, 6)));
    expectNothing(modesOf(Rows(4, 0)));
    expectNothing(modesOf(Rows::Constant(4, 6, 1.0F / 6), 8, Centring::Rows)); // uniform attention less its mean
    expectNothing(modesOf(Rows::Constant(1, 6, 0.3F), 8, Centring::Columns));
}

TEST(SvdModes, OneQueryOrOneKeyIsOneMode)
{
    Rows row(1, 3);
    row << 0.6F, 0, 0.8F;
    const SvdModes wide = modesOf(row);
    ASSERT_EQ(wide.modeCount(), 1);
    EXPECT_NEAR(wide.values[0], 1, 1e-7);
    EXPECT_NEAR(wide.queries(0, 0), 1, 1e-12);
    EXPECT_NEAR(wide.keys(2, 0), 0.8, 1e-7);
    EXPECT_NEAR(wide.effectiveRank().low, 1, 1e-9);
    const SvdModes tall = modesOf(row.transpose());
    ASSERT_EQ(tall.modeCount(), 1);
    EXPECT_NEAR(tall.queries(2, 0), 0.8, 1e-7);
}

TEST(SvdModes, WeightsThatAreNoNumbersCountAsZero)
{
    Rows map = randomMap(5, 5, 4);
    Rows zeroed = map;
    map(1, 2) = std::numeric_limits<float>::quiet_NaN();
    map(4, 0) = std::numeric_limits<float>::infinity();
    zeroed(1, 2) = zeroed(4, 0) = 0;
    const SvdModes modes = modesOf(map);
    EXPECT_EQ(modes.nonFinite, 2u);
    EXPECT_EQ((modes.values - modesOf(zeroed).values).norm(), 0);
}

CentredMatrix plainMatrix(const Rows& map)
{
    return CentredMatrix::of({map.data(), static_cast<std::size_t>(map.size())}, map.rows(), map.cols(),
                             Centring::None);
}

void expectSameTriplets(const LeadingTriplets& ours, const LeadingTriplets& reference, Eigen::Index count)
{
    const Eigen::Index known = std::min(count + 1, reference.values.size());
    ASSERT_EQ(ours.values.size(), known);
    EXPECT_GT(ours.passes, 0);
    EXPECT_EQ(reference.passes, 0);
    const double largest = std::max(reference.values[0], 1e-35);
    EXPECT_LE((ours.values - reference.values.head(known)).cwiseAbs().maxCoeff(), 1e-8 * largest);
    EXPECT_LE(ours.errorBound, 1e-6 * largest);
    const Eigen::MatrixXd identity = Eigen::MatrixXd::Identity(count, count);
    EXPECT_LT((ours.left.transpose() * ours.left - identity).norm(), 1e-9);
    EXPECT_LT((ours.right.transpose() * ours.right - identity).norm(), 1e-9);
    for (Eigen::Index i = 0; i + 1 < known; ++i)
        if (reference.values[i] > 1e-4 * largest && reference.values[i] - reference.values[i + 1] > 1e-3 * largest &&
            (i == 0 || reference.values[i - 1] - reference.values[i] > 1e-3 * largest)) {
            EXPECT_NEAR(std::abs(ours.right.col(i).dot(reference.right.col(i))), 1, 1e-6) << i;
        }
}

/// What is done with large maps against LAPACK, on maps of several kinds.
TEST(LeadingTriplets, EveryMethodAgreesWithLapack)
{
    std::vector<double> falling;
    for (int i = 0; i < 60; ++i)
        falling.push_back(10.0 / (1 + i * i));
    std::vector<double> steep{100, 1e-1, 9e-2, 8e-2, 1e-2};
    const std::pair<const char*, Rows> kinds[] = {{"noise", randomMap(150, 90, 7)},
                                                  {"wide noise", randomMap(70, 200, 8)},
                                                  {"very wide", randomMap(25, 3000, 18)},
                                                  {"very tall", randomMap(3000, 25, 19)},
                                                  {"falling", mapWithValues(120, 100, falling)},
                                                  {"one large value", mapWithValues(120, 100, steep)},
                                                  {"nothing", Rows::Zero(100, 100)},
                                                  {"low rank", mapWithValues(90, 110, {3, 2, 2})},
                                                  {"too large to be squared", 1e30F * randomMap(90, 110, 20)},
                                                  {"too small to be squared", 1e-30F * randomMap(90, 110, 21)}};
    for (const auto& [name, map] : kinds)
        for (const TripletMethod method : {TripletMethod::Iteration, TripletMethod::ShortSide}) {
            SCOPED_TRACE(name);
            const CentredMatrix matrix = plainMatrix(map);
            const TripletOptions options{.method = method};
            const LeadingTriplets ours = leadingTriplets(matrix, 6, options);
            expectSameTriplets(ours, leadingTriplets(matrix, 6), 6);
            EXPECT_EQ(leadingTriplets(matrix, 6, options).values, ours.values) << "the same again";
        }
}

TEST(LeadingTriplets, OneRowOrColumnIsOneTriplet)
{
    for (const Rows& map : {randomMap(1, 40, 22), randomMap(40, 1, 23), randomMap(1, 1, 24)})
        for (const TripletMethod method : {TripletMethod::Iteration, TripletMethod::ShortSide}) {
            const LeadingTriplets ours = leadingTriplets(plainMatrix(map), 3, {.method = method});
            EXPECT_TRUE(ours.complete);
            expectSameTriplets(ours, leadingTriplets(plainMatrix(map), 3), 1);
        }
}

/// No vectors are kept that a matrix of its rank cannot have, however long the other side.
TEST(LeadingTriplets, AKrylovSpaceIsNoLargerThanTheSmallerSide)
{
    for (const auto& [rows, columns] : {std::pair(40, 2000), std::pair(2000, 40)}) {
        const Rows map = randomMap(rows, columns, 25);
        const CentredMatrix matrix = plainMatrix(map);
        BlockedMatrix<double> blocked(matrix);
        KrylovSpace<double> space(blocked,
                                  orthonormalColumns(Eigen::MatrixXd(randomMap(columns, 8, 26).cast<double>())));
        while (!space.isFull())
            space.grow();
        EXPECT_EQ(space.size(), 40);
    }
}

/// Of so few rows the vectors are few: the whole costs a few times the map's own 56 MB, not 384 columns beside it.
TEST(LeadingTriplets, AWideMapNeedsFewTimesItsOwnMemory)
{
    const Rows map = mapWithValues(20, 700000, {3, 2, 1});
    const CentredMatrix matrix = plainMatrix(map);
    LeadingTriplets triplets;
    EXPECT_LT(test::peakGrowth([&] { triplets = leadingTriplets(matrix, 3); }), 4 * map.size() * sizeof(float));
    ASSERT_EQ(triplets.values.size(), 4);
    EXPECT_LT((triplets.values - Eigen::Vector4d(3, 2, 1, 0)).norm(), 1e-5);
}

TEST(LeadingTriplets, StopsWhenTold)
{
    const Rows map = randomMap(100, 100, 9);
    const CentredMatrix matrix =
        CentredMatrix::of({map.data(), static_cast<std::size_t>(map.size())}, 100, 100, Centring::None);
    TripletOptions iterate;
    iterate.method = TripletMethod::Iteration;
    int asked = 0;
    try {
        leadingTriplets(matrix, 6, iterate, [&](double done) {
            EXPECT_GE(done, 0);
            return ++asked < 3;
        });
        ADD_FAILURE() << "went on";
    } catch (const Error& error) {
        EXPECT_EQ(error.kind(), ErrorKind::Cancelled);
    }
    EXPECT_EQ(asked, 3);
}

/// Of a spectrum that is only partly known the effective rank lies between the bounds that are given.
TEST(SvdModes, EffectiveRankOfAPartLiesWithinItsBounds)
{
    for (const Rows& map : {randomMap(60, 50, 10), mapWithValues(60, 50, {9, 4, 3, 1, 0.5, 0.4, 0.3, 0.2, 0.1})}) {
        const SvdModes whole = modesOf(map);
        for (const Eigen::Index known : {1, 2, 5, 8}) {
            SvdModes part = whole;
            part.complete = false;
            part.values = whole.values.head(known);
            const NumberRange range = part.effectiveRank();
            EXPECT_LE(range.low, whole.effectiveRank().low * (1 + 1e-9)) << known;
            EXPECT_GE(range.high, whole.effectiveRank().low * (1 - 1e-9)) << known;
        }
    }
}

TEST(ModeSimilarity, IsTheCosineOfPrincipalAngles)
{
    const Json& likeness = fixtures()["likeness"];
    const std::vector<float> a = likeness["a"];
    const std::vector<float> b = likeness["b"];
    const SvdModes ofA = svdModes(a, 6, 8, 6, Centring::None);
    const SvdModes ofB = svdModes(b, 6, 8, 6, Centring::None);
    EXPECT_NEAR(subspaceCosine(ofA.keys.leftCols(1), ofB.keys.leftCols(1)), likeness["cosine_of_first"].get<double>(),
                1e-9);
    const std::vector<double> cosines = likeness["cosines_of_first_two"];
    EXPECT_NEAR(subspaceCosine(ofA.keys.leftCols(2), ofB.keys.leftCols(2)),
                std::sqrt((cosines[0] * cosines[0] + cosines[1] * cosines[1]) / 2), 1e-9);
}

TEST(ModeSimilarity, FindsAPlantedMode)
{
    const Eigen::VectorXd words = Eigen::VectorXd::Unit(6, 2);
    const Eigen::VectorXd patches = (Eigen::VectorXd::Unit(9, 4) + Eigen::VectorXd::Unit(9, 5)).normalized();
    const auto planted = [&](double strength, std::uint32_t seed) {
        return modesOf((strength * words * patches.transpose()).cast<float>() + 0.05F * randomMap(6, 9, seed));
    };
    const SvdModes reference = planted(2, 11);
    const SvdModes same = planted(0.7, 12);
    const SvdModes reversed = planted(-0.7, 13);
    const SvdModes none = modesOf(randomMap(6, 9, 14));
    const auto found = nearestMode(reference, reference.subspaces[0], same, true);
    ASSERT_TRUE(found && found->onQueries);
    EXPECT_EQ(found->subspace.first, 0);
    EXPECT_GT(found->similarity, 0.95);
    EXPECT_DOUBLE_EQ(found->similarity, found->onKeys * *found->onQueries);
    EXPECT_FALSE(found->isReversed);
    EXPECT_TRUE(nearestMode(reference, reference.subspaces[0], reversed, true)->isReversed);
    EXPECT_LT(nearestMode(reference, reference.subspaces[0], none, true)->similarity, 0.8);
    EXPECT_FALSE(nearestMode(reference, reference.subspaces[0], same, false)->onQueries);
    EXPECT_FALSE(nearestMode(reference, reference.subspaces[0], modesOf(randomMap(6, 8, 15)), true));
    EXPECT_FALSE(nearestMode(reference, reference.subspaces[0], modesOf(Rows::Zero(6, 9)), true));
}

TEST(Centring, UnknownNamesAnswerWithTheNearest)
{
    EXPECT_EQ(centringNamed("columns"), Centring::Columns);
    try {
        centringNamed("colums");
        ADD_FAILURE();
    } catch (const Error& error) {
        EXPECT_EQ(error.kind(), ErrorKind::InvalidRequest);
        EXPECT_NE(std::string(error.what()).find("did you mean columns"), std::string::npos) << error.what();
    }
}

} // namespace
} // namespace heedmap
